"""Processes as the kernel sees them: who is whose, what they use, what they wait for (Linux)."""

import os
import platform
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
# What a worker that has nothing to do waits in: select, pselect6, poll, ppoll.
_WAITS = {"x86_64": {"23", "270", "7", "271"}, "aarch64": {"72", "73"}}
_SELECT = _WAITS.get(platform.machine(), set())


def tree(pid: int) -> list[int]:
    """Give a process and all its descendants."""
    found = [pid]
    for task in _tasks(pid):
        try:
            children = (task / "children").read_text().split()
        except OSError:
            continue  # It has ended meanwhile.
        for child in children:
            found += tree(int(child))
    return found


def workers(pid: int) -> list[int]:
    """Give a daemon's worker processes."""
    return [one for one in tree(pid) if b"gateway.worker" in _read(one, "cmdline").split(b"\0")]


def idle_workers(pid: int) -> list[int]:
    """Give those worker processes of a daemon that wait for mail."""
    return [one for one in workers(pid) if _read(one, "syscall").split(b" ")[0].decode() in _SELECT]


def effort(pid: int) -> float:
    """Give what a process has used of processors, in seconds."""
    fields = _read(pid, "stat").rpartition(b")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident(pid: int) -> int:
    """Give the bytes that a process holds in memory, what it shares with others included (RSS)."""
    return _memory(pid, "status", b"VmRSS:")


def most_resident(pid: int) -> int:
    """Give the most bytes that a process held in memory since it began or `forget_most`."""
    return _memory(pid, "status", b"VmHWM:")


def forget_most(pid: int) -> None:
    """Let `most_resident` begin anew."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def _memory(pid: int, file: str, name: bytes) -> int:
    for line in _read(pid, file).splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    return 0


def _tasks(pid: int) -> list[Path]:
    try:
        return list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return []


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""
