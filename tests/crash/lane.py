"""A lane of runs, one after the other: what they share, and a folder for each."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crash.scene import Places, Scene
from crash.trial import Around, Trial
from crash.world import Mailboxes, Msa, NoNames
from servers import process
from servers.dovecot import Dovecot

_ROOT = Path(__file__).resolve().parents[2]
_READ_SECONDS = 120.0


class Lane:
    """Runs trials; each has a mailbox and a data folder that nobody used before."""

    def __init__(self, folder: Path, dovecot: Dovecot) -> None:
        """Prepare in an empty folder; `start` does the rest."""
        self._folder = folder
        self._dovecot = dovecot
        self._number = 0
        self._msa = Msa()
        self._names = NoNames()
        self._nursery: subprocess.Popen[bytes] | None = None

    @property
    def _address(self) -> str:
        return str(self._folder / "nursery")

    def start(self) -> None:
        """Start the process that daemons are forked of; `wait` until it has read the program."""
        paths = [str(_ROOT / "tests"), str(_ROOT)]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(paths),
            # A library of numbers would start threads, and what forks must have one.
            "OPENBLAS_NUM_THREADS": "1",
        }
        command = [sys.executable, "-P", "-m", "crash.nursery", self._address]
        self._nursery = subprocess.Popen(
            command, stdin=subprocess.PIPE, env=environment, start_new_session=True
        )

    def wait(self) -> None:
        """Wait until it may be used."""
        ready = Path(f"{self._address}.ready")
        process.wait_until(ready.exists, seconds=_READ_SECONDS, what="the program is read")

    def stop(self) -> None:
        """End all."""
        if self._nursery is not None and self._nursery.stdin is not None:
            self._nursery.stdin.close()
            self._nursery.wait(_READ_SECONDS)
        self._msa.stop()
        self._names.stop()

    @contextmanager
    def trial(self, scene: Scene, url: str, breakage: str = "") -> Iterator[Trial]:
        """Make a trial ready in a folder of its own, which is gone afterwards."""
        self._number += 1
        folder = self._folder / str(self._number)
        folder.mkdir()
        marked, moved = self._dovecot.new_user(), self._dovecot.new_user()
        places = Places(
            url,
            process.free_port(),
            self._dovecot.imap,
            self._msa.port,
            self._names.port,
            marked,
            moved,
        )
        mailboxes = Mailboxes(self._dovecot, marked, moved)
        around = Around(scene, places, mailboxes, self._msa, self._address, breakage)
        yield Trial(folder, around)
        shutil.rmtree(folder)
