"""A peer as the benchmark sees it: installed once, started, given mails, asked what it made."""

import json
import subprocess
import venv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bench.machine import ROOT
from bench.sink import Sink
from gateway.bench.mix import Letter
from gateway.errors import Transient

_ENVIRONMENTS = ROOT / ".venv" / "peers"


@dataclass(frozen=True, slots=True)
class Peer:
    """`name` is that in the figures, `driver` what runs it, `package` what is installed for it.

    `lay_out` writes mails where its driver takes them from.
    """

    name: str
    driver: str
    mode: str
    package: str
    lay_out: Callable[[Sequence[Letter], Path], None]


@dataclass(frozen=True, slots=True)
class Made:
    """What a peer has made since it was started, and how long the last mails took, in seconds.

    `acknowledged` is None where only the sink knows it. `asked` are sender, number and Message-ID
    of each ticket; the last is made up where a peer keeps none.
    """

    seconds: float
    left: int
    tickets: int
    entries: int
    acknowledged: int | None
    asked: Sequence[tuple[str, str, str]]


def _mbox(letters: Sequence[Letter], path: Path) -> None:
    with path.open("wb") as file:
        for letter in letters:
            content = letter.content.replace(b"\r\n", b"\n").replace(b"\nFrom ", b"\n>From ")
            file.write(b"From %s Mon Mar  2 09:00:00 2026\n" % letter.sender.encode())
            file.write(content + b"\n")


def _folder(letters: Sequence[Letter], path: Path) -> None:
    path.mkdir()
    for number, letter in enumerate(letters):
        (path / f"{number:06}.eml").write_bytes(letter.content)


_HELPDESK = "django-helpdesk==2.6.1"
PEERS = (
    Peer("django_helpdesk_best", "django_helpdesk", "best", _HELPDESK, _folder),
    Peer("django_helpdesk_installed", "django_helpdesk", "installed", _HELPDESK, _folder),
    Peer("roundup", "roundup", "installed", "roundup==2.6.0", _mbox),
)


class Running:
    """A peer's driver; mails go to it by files, and its answers come as JSON."""

    def __init__(self, peer: Peer, folder: Path, told: IO[str], says: IO[str]) -> None:
        """Wait until it is set up. Raises Transient when it does not get so far."""
        self.peer = peer
        self._folder = folder
        self._told, self._says = told, says
        self._batches = 0
        if "ready" not in self._next():
            raise self._ended()

    def take(self, letters: Sequence[Letter]) -> Made:
        """Have it take mails; returns when it has taken them all. Raises Transient."""
        self._batches += 1
        path = self._folder / f"batch-{self._batches}"
        self.peer.lay_out(letters, path)
        self._told.write(f"{path}\n")
        self._told.flush()
        answer = json.loads(self._next())
        answer["asked"] = [tuple(one) for one in answer["asked"]]
        made = Made(**answer)
        if made.left:
            raise Transient(f"{self.peer.name} has left mails lying there")
        return made

    def _next(self) -> str:
        for line in self._says:
            if line.strip():
                return line
        raise self._ended()

    def _ended(self) -> Transient:
        log = (self._folder / "log").read_text(errors="replace").splitlines()
        return Transient("\n".join([f"{self.peer.name} has ended", *log[-5:]]))


@contextmanager
def running(peer: Peer, folder: Path, sink: Sink) -> Iterator[Running]:
    """Run a peer in a folder of its own; what it sends goes to the sink."""
    folder.mkdir()
    driver = Path(__file__).with_name(f"drive_{peer.driver}.py")
    python = _ENVIRONMENTS / peer.driver / "bin" / "python"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [python, "-P", driver, folder, peer.mode, str(sink.port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        if process.stdin is None or process.stdout is None:
            raise Transient(f"{peer.name} cannot be spoken to")
        yield Running(peer, folder, process.stdin, process.stdout)
    finally:
        process.kill()
        process.communicate()


def install(tell: Callable[[str], None]) -> None:
    """Install the peers from the package index, each into an environment of its own, once.

    Raises Transient where there is no package index.
    """
    for name, package in {peer.driver: peer.package for peer in PEERS}.items():
        home = _ENVIRONMENTS / name
        done = home / f".{package}"
        if done.exists():
            continue
        tell(f"installing {package}")
        venv.create(home, with_pip=True, clear=True)
        python = str(home / "bin" / "python")
        pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check"]
        found = subprocess.run(
            [*pip, "install", package], check=False, capture_output=True, text=True
        )
        if found.returncode:
            *_, last = ["no reason given", *found.stderr.strip().splitlines()]
            raise Transient(f"{package} cannot be installed from the package index: {last}")
        done.touch()
