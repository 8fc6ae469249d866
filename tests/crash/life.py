"""A daemon from its start to its end, whether that is asked for or not."""

import contextlib
import json
import os
import signal
from dataclasses import dataclass
from pathlib import Path

from crash.forked import COUNT, HOLD, READY
from crash.nursery import Child, Order
from crash.points import Point
from gateway.failpoint import FUSE, POINT
from servers import process

FUSE_FILE = "fuse"
"""The file that is made when a named point kills."""

_WRONG_USE = 2
_TAKEN = "can't listen on port"
_START_SECONDS = 60.0
_STOP_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Known:
    """What a daemon says of itself: its threads by their names, and its workers."""

    threads: dict[str, int]
    workers: list[int]


class Life:
    """One daemon; `folder` is its run's."""

    def __init__(
        self, nursery: str, folder: Path, configuration: Path, point: Point | None, breakage: str
    ) -> None:
        """Start it, armed with a named point if that is one."""
        self._folder = folder
        (folder / READY).unlink(missing_ok=True)
        environment = dict(os.environ)
        if point is not None and not point.role:
            whom = ":all" if point.group else ""
            number = "" if point.name == COUNT else f":{point.number}{whom}"
            environment |= {POINT: f"{point.name}{number}", FUSE: str(folder / FUSE_FILE)}
        arguments = ("run", "--config", str(configuration))
        order = Order("daemon", arguments, environment, 0, str(folder), breakage)
        with (folder / "log").open("ab") as log, Path(os.devnull).open("rb") as nothing:
            streams = (nothing.fileno(), log.fileno(), log.fileno())
            self._child = Child(nursery, order, streams)

    @property
    def pid(self) -> int:
        """Give the daemon's own process, which is also its group's."""
        return self._child.pid

    @property
    def status(self) -> int | None:
        """Give how it ended, None while it lives."""
        return self._child.poll()

    def release(self) -> None:
        """Let it begin."""
        (self._folder / HOLD).unlink(missing_ok=True)

    def known(self) -> Known | None:
        """Wait until it is ready; None if it died before. Raises TimeoutError."""
        path = self._folder / READY
        process.wait_until(
            lambda: path.exists() or self.status is not None,
            seconds=_START_SECONDS,
            what="the daemon is ready",
        )
        return Known(**json.loads(path.read_text())) if path.exists() else None

    def kill(self) -> None:
        """Kill all of its processes."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._child.wait()

    def stop(self) -> int:
        """Ask it to end; how it ended. Raises TimeoutError."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        process.wait_until(
            lambda: self.status is not None, seconds=_STOP_SECONDS, what="the daemon ends"
        )
        return self._child.wait()

    def found_its_port_taken(self) -> bool:
        """Say whether it ended since somebody else's server, or a look at the port, was there."""
        lines = (self._folder / "log").read_text(errors="replace").splitlines()
        return self.status == _WRONG_USE and any(_TAKEN in line for line in lines[-1:])


def lives(pid: int) -> bool:
    """Say whether a process is there and no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"
