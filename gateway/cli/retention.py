"""`casepost retention`: what was kept for long enough is erased."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from gateway.cli.options import ConfigOption, JsonOption
from gateway.cli.owner import require_owner
from gateway.cli.screen import print_json
from gateway.config.load import load
from gateway.courier.file_outlet import folder_in
from gateway.privacy import retaining
from gateway.privacy.retaining import Place
from gateway.store.database import Database
from gateway.store.large_places import large_mails_of
from gateway.store.revision import require_present


def retention(
    config: ConfigOption,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only count what would be erased.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Erase at once what the table `retention` keeps no longer; the daemon does it bit by bit.

    Example: casepost retention --dry-run
    """
    configuration = load(config)
    settings = configuration.settings
    require_owner(settings.data)
    database = Database(settings.database.url, settings.data)
    wanted, now = settings.retention, datetime.now(UTC)
    try:
        require_present(database)
        if dry_run:
            counts = retaining.due(database, wanted, now)
        else:
            large = large_mails_of(settings)
            place = Place(database, large, folder_in(settings.data), configuration.desks)
            counts = retaining.finish(place, wanted, now)
    finally:
        database.close()
    if as_json:
        print_json({"dry_run": dry_run, "counts": dict(counts)})
        return
    if not counts:
        typer.echo("Everything is kept for ever: there is no [retention] in the configuration.")
    for what, count in counts.items():
        typer.echo(f"{what}: {count} {'would be' if dry_run else 'are'} erased")
