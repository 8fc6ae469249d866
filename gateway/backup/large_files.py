"""Large mails on their way into a backup.

They are files that never change, and each that the database's copy names has to be in the backup:
they are linked once before the copy, for some may be erased while it is made, and once after, for
some may have come.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from gateway.backup.manifest import private
from gateway.config.settings import Settings
from gateway.errors import Transient
from gateway.store.large_folder import sync_folder
from gateway.store.large_mails import read_name
from gateway.store.large_places import large_mails_of

Told = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and how much there is."""


class LargeFiles:
    """Takes the large mails of a house along; from its object store only `with_objects`."""

    def __init__(self, settings: Settings, target: Path, *, with_objects: bool) -> None:
        """Look at nothing yet."""
        self._source = settings.raw.folder
        self._target = target
        self._places = large_mails_of(settings)
        self._leaves_objects = settings.raw.bucket is not None and not with_objects
        self._taken: set[str] = set()
        self.has_all = True
        """Whether all that the database names are in the backup."""

    def take_all(self, told: Told) -> None:
        """Take along all files that are there now."""
        found = list(named_files(self._source))
        for place, name in enumerate(found, 1):
            if self._take(name):
                self._taken.add(name)
            told("large mails", place, len(found))

    def settle(self, named: Mapping[str, int], told: Told) -> None:
        """Take along what the copy names besides, and leave what it does not name.

        Raises Transient where one is not to be had any more.
        """
        missing = sorted(named.keys() - self._taken)
        for place, name in enumerate(missing, 1):
            if not self._take(name):
                self._fetch(name, named[name])
            told("large mails", place, len(missing))
        for name in self._taken - named.keys():
            (self._target / name).unlink()
        for folder in {path.parent for path in self._target.glob("*/*")}:
            sync_folder(folder)

    def _fetch(self, name: str, size: int) -> None:
        """Bring an object in, unless objects stay where they are."""
        known = read_name(name)
        if self._leaves_objects or known is None:
            self.has_all = False
            return
        try:
            content = self._places.read(known, size)
        except Transient as error:
            raise Transient(f"{error}; make the backup anew") from error
        with private(self._target / name) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def _take(self, name: str) -> bool:
        """Link a file, or copy it to another disk; False if it is not there."""
        source, target = self._source / name, self._target / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            os.link(source, target)
        except FileNotFoundError:
            return False
        except OSError:
            return _copied(source, target)
        return True


def named_files(folder: Path) -> Iterator[str]:
    """Give the names of the large mails in a folder."""
    for path in sorted(folder.glob("[0-9a-f][0-9a-f]/*")):
        name = f"{path.parent.name}/{path.name}"
        if read_name(name) is not None and path.is_file():
            yield name


def _copied(source: Path, target: Path) -> bool:
    try:
        with source.open("rb") as file, private(target) as copy:
            shutil.copyfileobj(file, copy, 1024 * 1024)
            copy.flush()
            os.fsync(copy.fileno())
    except FileNotFoundError:
        return False
    return True
