"""Putting a backup back, into a data folder that is empty.

A backup is one moment, and what happened after it is not known: mails went out, case numbers were
given, people signed out. `store/restored.py` says what follows from that.
"""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gateway.backup import manifest, postgresql, verifying
from gateway.backup.belongings import KEYS
from gateway.backup.copying import DATABASE, LARGE
from gateway.backup.large_files import Told, named_files
from gateway.backup.manifest import Manifest
from gateway.errors import Misused
from gateway.store.database import Database
from gateway.store.large_folder import sync_folder
from gateway.store.migrate import migrate
from gateway.store.restored import Settled, settle
from gateway.store.revision import require_known

_SERVER = "postgresql+psycopg://"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants restored: into the folder `data`, on `url` where the copy is a dump.

    `skip` is how many case numbers of each kind are passed over, None for as many as may have been
    given since. With `send` outgoing mail that was on its way then goes out.
    """

    data: Path
    url: str
    skip: int | None = None
    send: bool = False


def restore(folder: Path, wanted: Wanted, now: datetime, told: Told) -> tuple[Manifest, Settled]:
    """Restore a backup; give what it was, and what was done besides.

    Raises Misused where it is damaged or there is something in the way, Transient and OSError.
    """
    made = manifest.read(folder)
    require_known(made.revision)
    _refuse_what_is_there(wanted.data)
    if made.kind != "sqlite" and not wanted.url.startswith(_SERVER):
        raise Misused(
            "the backup is of PostgreSQL: name an empty database there, "
            f"--database {_SERVER}USER@HOST/NAME"
        )
    if found := verifying.faults(folder, made, told):
        more = f", and {len(found) - 1} more" if found[1:] else ""
        raise Misused(f"the backup is damaged: {found[0]}{more}; `casepost backup --verify` lists")
    wanted.data.mkdir(mode=0o750, parents=True, exist_ok=True)
    # First, since a database that is not empty is refused, and then the folder is as it was.
    database = _database(folder, made, wanted)
    try:
        _copy(folder / LARGE, wanted.data / LARGE, sorted(named_files(folder / LARGE)), told)
        _copy(folder / KEYS, wanted.data / KEYS, _below(KEYS, made), told)
        migrate(database)
        with database.writing() as connection:
            settled = settle(connection, made.made_at, now, skip=wanted.skip, send=wanted.send)
    finally:
        database.close()
    return made, settled


def _refuse_what_is_there(data: Path) -> None:
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise Misused(f"{data} is not empty, and nothing there is overwritten: name another folder")


def _database(folder: Path, made: Manifest, wanted: Wanted) -> Database:
    if made.kind == "sqlite":
        target = wanted.data / made.name
        _copy_file(folder / DATABASE / made.name, target)
        sync_folder(wanted.data)
        return Database(f"sqlite:///{target}", wanted.data)
    database = Database(wanted.url, wanted.data)
    try:
        postgresql.load(database, folder / DATABASE / postgresql.FILE)
    except BaseException:
        database.close()
        raise
    return database


def _below(name: str, made: Manifest) -> Sequence[str]:
    """Give the paths of those files below a folder that the manifest names, and so vouches for."""
    paths = (Path(path) for path in sorted(made.files))
    return [str(path.relative_to(name)) for path in paths if path.is_relative_to(name)]


def _copy(source: Path, target: Path, names: Sequence[str], told: Told) -> None:
    """Copy files that lie below a folder of the backup; folders and files are ours alone."""
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    for place, name in enumerate(names, 1):
        into = target / name
        into.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _copy_file(source / name, into)
        told(source.name, place, len(names))
    for one in {target, *(path.parent for path in target.rglob("*"))}:
        sync_folder(one)


def _copy_file(source: Path, target: Path) -> None:
    with source.open("rb") as file, manifest.private(target) as copied:
        shutil.copyfileobj(file, copied, 1024 * 1024)
        copied.flush()
        os.fsync(copied.fileno())
