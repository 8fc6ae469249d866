"""Where the large mails of a test are."""

from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path

from gateway.store.large_folder import LargeFolder
from gateway.store.large_mails import LargeMails, Page, Place


def large_in(data: Path, bound: int = 512 * 1024, *places: Place) -> LargeMails:
    """Give the large mails of a data folder, kept in these places before it."""
    folder = data / "large"
    return LargeMails(bound, folder / "incoming", 10, (*places, LargeFolder(folder)))


class Watched:
    """A folder of large mails; `before` is called before each is kept, and may raise or wait."""

    def __init__(self, folder: Path, before: Callable[[], None] = lambda: None) -> None:
        """Keep mails in this folder."""
        self._inner = LargeFolder(folder)
        self.before = before

    def keep(self, name: str, file: Path) -> None:
        """Keep a mail, if one may."""
        self.before()
        self._inner.keep(name, file)

    def read(self, name: str, size: int) -> bytes:
        """Read a mail."""
        return self._inner.read(name, size)

    def page(self, after: str, limit: int) -> Page:
        """List mails."""
        return self._inner.page(after, limit)

    def remove(self, names: Collection[str], before: datetime) -> int:
        """Remove mails."""
        return self._inner.remove(names, before)
