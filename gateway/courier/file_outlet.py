"""The way out where no MSA is configured: each mail becomes a file."""

import os
import tempfile
from pathlib import Path

from gateway.courier.outlet import Mark, Outcome, Verdict
from gateway.store.outbox import ClaimedMail


def folder_in(data: Path) -> Path:
    """Give the folder of outgoing mails in a data folder; unfinished ones are hidden `.part`."""
    return data / "outgoing"


class FileOutlet:
    """Writes `ID.eml` into a folder. Doing it twice changes nothing, so no mark is needed."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`, which is made when the first mail comes."""
        self._folder = folder

    def deliver(self, mail: ClaimedMail, mark: Mark) -> Verdict:
        """Write a mail durably; AWAY when the disk does not let us."""
        del mark
        name = f"{mail.id}.eml"
        try:
            self._write(name, mail.content)
        except OSError as error:
            return Verdict(Outcome.AWAY, f"the file can't be written: {error.strerror}")
        return Verdict(Outcome.SENT, f"written to {name}")

    def close(self) -> None:
        """Do nothing: nothing is held open."""

    def _write(self, name: str, content: bytes) -> None:
        """Write under another name, sync, rename, sync the folder: all of the file or nothing."""
        self._folder.mkdir(parents=True, exist_ok=True)
        descriptor, fresh = tempfile.mkstemp(dir=self._folder, prefix=".", suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(fresh).replace(self._folder / name)
        except OSError:
            Path(fresh).unlink(missing_ok=True)
            raise
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
