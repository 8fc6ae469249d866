"""Who holds a claim: a process that can be told from every other, also from one with its number.

A claim is a lease with an epoch. Correctness never rests on it, only on unique keys and on the
epoch being checked when the work is written down; knowing that a claimant is dead only saves the
wait for its lease to end.
"""

import os
from dataclasses import dataclass
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Claimant:
    """A process on a machine: its node's name, the boot, its number, and when it started."""

    node: str
    boot: str
    pid: int
    started: str

    def __str__(self) -> str:
        """Write it as it stands in the database."""
        return f"{self.node}/{self.boot}/{self.pid}/{self.started}"


def this_process(node: str) -> Claimant:
    """Name the process that asks."""
    pid = os.getpid()
    return Claimant(node, _boot(), pid, _started(pid))


def of_process(node: str, pid: int) -> Claimant:
    """Name another process of this machine that is alive, or was not reaped yet."""
    return Claimant(node, _boot(), pid, _started(pid))


def is_dead(claimed_by: str, node: str) -> bool:
    """Say whether a claimant is surely dead; one of another node never is, as far as we know."""
    parts = claimed_by.rsplit("/", 3)
    if len(parts) != 4 or parts[0] != node:
        return False
    _, boot, pid, started = parts
    if boot != _boot():
        return True
    return not pid.isdigit() or _started(int(pid)) != started


def _boot() -> str:
    try:
        return _BOOT.read_text().strip()[:8]
    except OSError:
        return "unknown"


def _started(pid: int) -> str:
    """Give the start time of a process in clock ticks, or a mark where it is gone.

    The second field of /proc/PID/stat is the command's name and may hold blanks, so that fields
    are counted behind its closing parenthesis. A zombie holds nothing any more.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return _without_proc(pid)
    return "gone" if fields[0] in "ZX" else fields[19]


def _without_proc(pid: int) -> str:
    """Tell, on a system without /proc, only whether that number is in use."""
    if Path("/proc/self").exists():
        return "gone"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return "gone"
    except PermissionError:
        pass
    return "alive"
