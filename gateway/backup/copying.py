"""Making a backup while the daemon runs: one moment of the database, and all that belongs to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import gateway
from gateway.backup import belongings, manifest, postgresql, sqlite
from gateway.backup.contents import Contents
from gateway.backup.large_files import LargeFiles, Told
from gateway.backup.manifest import Kept, Manifest
from gateway.config.settings import Settings
from gateway.errors import Misused
from gateway.store.database import Database

DATABASE = "database"
LARGE = "large"


@dataclass(frozen=True, slots=True)
class Source:
    """What is backed up; `path` is that of `casepost.toml`."""

    path: Path
    settings: Settings


def make(
    source: Source, folder: Path, now: datetime, told: Told, *, with_objects: bool = False
) -> Manifest:
    """Make a backup in an empty folder, which nobody else may read.

    Large mails in an object store stay there unless the copy is to be `with_objects`. Raises
    Misused, Transient and OSError; what was written by then is no backup.
    """
    _begin(folder)
    large = LargeFiles(source.settings, folder / LARGE, with_objects=with_objects)
    large.take_all(told)
    database = Database(source.settings.database.url, source.settings.data, looks_only=True)
    try:
        contents = _copy_database(database, folder, told)
    finally:
        database.close()
    large.settle(contents.large, told)
    left_out = belongings.copy(source.path, source.settings, folder)
    made = Manifest(
        made_at=now,
        version=gateway.__version__,
        revision=contents.revision,
        kind="sqlite" if database.is_sqlite else "postgresql",
        name=Path(database.url.database or "").name if database.is_sqlite else "",
        rows=contents.rows,
        files=_files(folder, told),
        large=len(contents.large),
        large_bytes=sum(contents.large.values()),
        has_large=large.has_all,
        left_out=left_out,
    )
    manifest.write(folder, made)
    return made


def _begin(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Misused(f"{folder} is not empty: name a folder that is not there yet")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


def _copy_database(database: Database, folder: Path, told: Told) -> Contents:
    place = folder / DATABASE
    place.mkdir(mode=0o700)
    if database.is_sqlite:
        path = Path(database.url.database or "")
        if not path.is_file():
            raise Misused(f"there is no database yet at {path}: start `casepost run` first")
        target = place / path.name
        sqlite.copy(path, target, lambda done, total: told("database", done, total))
        return sqlite.contents(target)
    return postgresql.dump(database, place / postgresql.FILE)


def _files(folder: Path, told: Told) -> Mapping[str, Kept]:
    """Say what each file is, but for large mails, which bear their digests as names."""
    found = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and path.relative_to(folder).parts[0] != LARGE
    )
    files = {}
    for place, path in enumerate(found, 1):
        files[str(path.relative_to(folder))] = manifest.kept(path)
        told("digests", place, len(found))
    return files
