"""Large mails as files in a folder, which several nodes may share."""

import os
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from gateway.errors import Transient
from gateway.failpoint import reached
from gateway.store.large_mails import Missing, Page, Stored, read_name


class LargeFolder:
    """A folder of large mails: `ab/abcdef...`, each by its name."""

    def __init__(self, folder: Path) -> None:
        """Look at nothing yet; the folder is made with its first mail."""
        self._folder = folder

    def keep(self, name: str, file: Path) -> None:
        """Give a synced file of the same disk its name. Raises OSError.

        A crash leaves it under one name or the other.
        """
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        reached("raw.before_name")
        file.replace(path)
        reached("raw.named")
        # Up to the data folder: whoever made one of these folders may not have synced it yet.
        for folder in (path.parent, self._folder, self._folder.parent):
            sync_folder(folder)

    def read(self, name: str, size: int) -> bytes:
        """Read at most so many bytes. Raises Missing and Transient."""
        try:
            with (self._folder / name).open("rb") as file:
                return file.read(size)
        except FileNotFoundError as error:
            raise Missing(f"the file of mail {name} can't be read: {error}") from error
        except OSError as error:
            raise Transient(f"the file of mail {name} can't be read: {error}") from error

    def page(self, after: str, limit: int) -> Page:
        """Give files whose names come after that one. Raises OSError."""
        found = tuple(islice(self._after(after), limit))
        return Page(found, len(found) == limit)

    def _after(self, after: str) -> Iterator[Stored]:
        for path in named_files(self._folder, after):
            written = _written(path)
            if written is not None:
                yield Stored(f"{path.parent.name}/{path.name}", written)

    def remove(self, names: Collection[str], before: datetime) -> int:
        """Remove files that were not written since then; how many they were. Raises OSError."""
        removed = 0
        for name in names:
            written = _written(self._folder / name)
            if written is not None and written < before:
                (self._folder / name).unlink(missing_ok=True)
                removed += 1
        return removed


def named_files(folder: Path, after: str = "") -> Iterator[Path]:
    """Give what bears the name of a large mail, in the order of names; nothing else that is there.

    It begins behind the name `after`. Raises OSError.
    """
    for prefix in (f"{number:02x}" for number in range(256)):
        if prefix >= after[:2] and (folder / prefix).is_dir():
            for path in sorted((folder / prefix).iterdir()):
                name = f"{prefix}/{path.name}"
                if name > after and read_name(name) is not None:
                    yield path


def sync_folder(path: Path) -> None:
    """Make sure that the names in a folder last. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _written(path: Path) -> datetime | None:
    """Give when a file was last written; None if it is not there, or no plain file."""
    try:
        seen = path.lstat()
    except FileNotFoundError:
        return None
    return datetime.fromtimestamp(seen.st_mtime, UTC) if path.is_file() else None
