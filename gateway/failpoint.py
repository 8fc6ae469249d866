"""Named points at which a process of ours can be made to die, for those who test that it may.

Nothing of it is on unless the environment says so, and no configuration can: CASEPOST_FAIL_POINT is
`NAME`, `NAME:N` or `NAME:N:all`, and the process that comes to that point for the Nth time kills
itself with SIGKILL, or its whole process group. CASEPOST_FAIL_POINT_FUSE names a file that is made
at that moment; while it is there, nothing dies any more. So whoever is started in the place of the
dead one, with the same environment, lives. CONTRIBUTING.md lists the points.
"""

import os
import signal
from threading import Lock

POINT = "CASEPOST_FAIL_POINT"
FUSE = "CASEPOST_FAIL_POINT_FUSE"
_WHOLE_GROUP = "all"


class _Armed:
    """The one point that kills, and how often it has to be reached before it does."""

    def __init__(self, value: str, fuse: str) -> None:
        """Read what the environment says; whoever wrote anything else is told at once."""
        name, _, rest = value.partition(":")
        times, _, whom = rest.partition(":")
        if not name or not (times or "1").isdecimal() or whom not in {"", _WHOLE_GROUP}:
            raise SystemExit(f"{POINT} is NAME, NAME:N or NAME:N:{_WHOLE_GROUP}, not {value!r}")
        self.name = name
        self._left = int(times or "1")
        self._whole_group = bool(whom)
        self._fuse = fuse
        self._lock = Lock()

    def reach(self) -> None:
        with self._lock:
            self._left -= 1
            if self._left == 0 and self._burn():
                if self._whole_group:
                    os.killpg(0, signal.SIGKILL)
                os.kill(os.getpid(), signal.SIGKILL)

    def _burn(self) -> bool:
        """Make the fuse's file; False if somebody was faster."""
        if not self._fuse:
            return True
        try:
            os.close(os.open(self._fuse, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            return False
        return True


def _armed() -> dict[str, _Armed]:
    value = os.environ.get(POINT)
    if not value:
        return {}
    one = _Armed(value, os.environ.get(FUSE, ""))
    return {one.name: one}


_points = _armed()


def reached(name: str) -> None:
    """Come to a point: one look into an empty dictionary, unless this is where to die."""
    if name in _points:
        _points[name].reach()
