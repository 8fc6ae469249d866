"""What was written in the console, for commands that load templates as the daemon would."""

from gateway.cli.screen import complain
from gateway.config.settings import Settings
from gateway.errors import Misused, Transient
from gateway.house import edited_templates
from gateway.store.database import Database
from gateway.templates.folder import Edited


def edited(settings: Settings, *, files_only: bool = False) -> tuple[Edited, ...]:
    """Read it without changing anything: nothing where there is no database of this version.

    Files can be looked at while the database does not answer, too; that is said then.
    """
    if files_only:
        return ()
    database = Database(settings.database.url, settings.data, looks_only=True)
    try:
        return edited_templates(database)
    except (Misused, Transient) as error:
        complain(f"what was written in the console is left out: {error}")
        return ()
    finally:
        database.close()
