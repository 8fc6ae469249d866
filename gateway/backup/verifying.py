"""Whether a backup is whole: every file, every large mail, every row."""

from collections.abc import Iterator
from pathlib import Path

from gateway.backup import manifest, postgresql, sqlite
from gateway.backup.contents import Contents
from gateway.backup.copying import DATABASE, LARGE
from gateway.backup.large_files import Told, named_files
from gateway.backup.manifest import Manifest
from gateway.errors import Misused, Transient
from gateway.store.large_mails import read_name
from gateway.store.revision import REVISIONS

_ANY = -1


def faults(folder: Path, made: Manifest, told: Told, *, thorough: bool = True) -> tuple[str, ...]:
    """Say what is wrong with a backup, a sentence each; nothing where it is whole.

    Without `thorough` the digests of large mails are not reckoned anew. Raises OSError.
    """
    found = list(_of_files(folder, made, told))
    if made.kind == "sqlite":
        found += _of_sqlite(folder, made, told, thorough=thorough)
    elif made.kind == "postgresql":
        found += postgresql.faults(folder / DATABASE / postgresql.FILE)
        found += _of_large(folder, None, made, told, thorough=thorough)
    return tuple(found)


def _of_files(folder: Path, made: Manifest, told: Told) -> Iterator[str]:
    for place, (name, kept) in enumerate(sorted(made.files.items()), 1):
        path = folder / name
        if Path(name).is_absolute() or ".." in Path(name).parts:
            yield f"the manifest names a file outside the backup: {name}"
        elif not path.is_file():
            yield f"{name} is missing"
        elif manifest.kept(path) != kept:
            yield f"{name} is not what it was when the backup was made"
        told("digests", place, len(made.files))


def _of_sqlite(folder: Path, made: Manifest, told: Told, *, thorough: bool) -> Iterator[str]:
    path = folder / DATABASE / made.name
    if Path(made.name).name != made.name or not path.is_file():
        yield "the database is missing"
        return
    try:
        if damaged := sqlite.faults(path):
            yield from damaged
            return
        # Of other tables the digest of the whole file has to do.
        contents = sqlite.contents(path) if made.revision == REVISIONS[-1] else None
    except (Misused, Transient) as error:
        yield str(error)
        return
    if contents is None:
        yield from _of_large(folder, None, made, told, thorough=thorough)
        return
    if dict(contents.rows) != dict(made.rows):
        yield "the tables have not as many rows as when the backup was made"
    if contents.difference:
        yield f"the books differ by {contents.difference} mails"
    yield from _of_large(folder, contents, made, told, thorough=thorough)


def _of_large(
    folder: Path, contents: Contents | None, made: Manifest, told: Told, *, thorough: bool
) -> Iterator[str]:
    """Look for all large mails that are named; without `contents` at those that are there."""
    if not made.has_large:
        return
    there = dict.fromkeys(named_files(folder / LARGE), _ANY)
    named = contents.large if contents is not None else there
    if len(named) != made.large:
        yield f"{made.large} large mails were copied, and {len(named)} are here"
    for place, (name, size) in enumerate(sorted(named.items()), 1):
        known, path = read_name(name), folder / LARGE / name
        if name not in there or known is None:
            yield f"the large mail {name} is missing"
        elif size not in (_ANY, path.stat().st_size):
            yield f"the large mail {name} has not its size"
        elif thorough and manifest.kept(path).sha256 != known.sha256:
            yield f"the large mail {name} is damaged"
        told("large mails", place, len(named))
