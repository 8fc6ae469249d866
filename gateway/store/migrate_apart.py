"""Bringing the database up to the present tables in a process that ends when that is done.

Alembic, and what it brings along, would stay in a daemon for good.
"""

import os
from contextlib import suppress
from pathlib import Path
from threading import active_count

from gateway.errors import Misused, Transient
from gateway.store.database import Database

_DONE, _FAILED, _MISUSED, _TRANSIENT = 0, 1, 2, 3
_KINDS: dict[int, type[Misused | Transient]] = {_MISUSED: Misused, _TRANSIENT: Transient}
_LONGEST_REASON = 4096  # bytes; what a pipe takes at once


def migrate_apart(database: Database) -> None:
    """Do as `migrate.migrate`, and raise what that raises; nothing of it stays in memory.

    Where other threads run, whose locks a copy of the process would inherit, it is done here.
    """
    if active_count() > 1:
        _migrate(database)
        return
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _in_child(database, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        reason = pipe.read()
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code in _KINDS:
        raise _KINDS[code](reason.decode(errors="replace"))
    if code != _DONE:
        # Whatever it was: here it is raised with all that there is to know of it.
        _migrate(database)


def _in_child(database: Database, writing: int) -> None:
    """Migrate over connections of our own; those that we inherited are our parent's."""
    code = _FAILED
    try:
        _migrate(Database(database.url.render_as_string(hide_password=False), Path()))
        code = _DONE
    except (Misused, Transient) as error:
        code = _MISUSED if isinstance(error, Misused) else _TRANSIENT
        with suppress(OSError):
            os.write(writing, str(error).encode()[:_LONGEST_REASON])
    finally:
        os._exit(code)


def _migrate(database: Database) -> None:
    from gateway.store.migrate import migrate  # noqa: PLC0415  a library for a process

    migrate(database)
