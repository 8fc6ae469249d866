"""Where the large mails of a test are."""

from pathlib import Path

from gateway.store.large_folder import LargeFolder
from gateway.store.large_mails import LargeMails, Place


def large_in(data: Path, bound: int = 512 * 1024, *places: Place) -> LargeMails:
    """Give the large mails of a data folder, kept in these places before it."""
    folder = data / "large"
    return LargeMails(bound, folder / "incoming", 10, (*places, LargeFolder(folder)))
