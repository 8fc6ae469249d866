"""System calls of a daemon's threads: counted, or one of them ended by SIGKILL (strace(1))."""

import re
import shutil
import subprocess
import threading
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from servers import process

SYSCALLS = (
    "write",
    "pwrite64",
    "fsync",
    "fdatasync",
    "rename",
    "sendto",
    "close",
    "unlink",
    "link",
)
HOW_TO_GET_IT = "apt-get install strace"

_CALL = re.compile(r"^(\d+) +(\w+)\(", re.MULTILINE)
_ATTACHED = "attached"
_SECONDS = 20.0


def require() -> None:
    """Say how to get strace where it is missing."""
    if shutil.which("strace") is None:
        raise SystemExit(f"strace is not on this machine: {HOW_TO_GET_IT}")


@dataclass(frozen=True, slots=True)
class Whom:
    """Threads and processes to look at; with `all_threads`, all that their processes have."""

    ids: tuple[int, ...]
    all_threads: bool = False


class Strace:
    """strace on some threads, from now until they end or it is told to stop."""

    def __init__(self, whom: Whom, options: Collection[str], output: Path) -> None:
        """Attach; it looks at all of them when this returns."""
        command = ["strace", "-o", str(output), *options]
        command += ["-f"] if whom.all_threads else []
        command += [part for one in whom.ids for part in ("-p", str(one))]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self._attached = 0
        self._said: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        process.wait_until(
            lambda: self._attached >= len(whom.ids) or self._process.poll() is not None,
            seconds=_SECONDS,
            what="strace looks",
        )

    def _read(self) -> None:
        for line in self._process.stderr or ():
            self._said.append(line)
            self._attached += _ATTACHED in line

    def stop(self) -> None:
        """Let go of what still lives."""
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait(_SECONDS)
        self._reader.join(_SECONDS)
        if self._process.stderr:
            self._process.stderr.close()


def killing(whom: Whom, syscall: str, number: int, output: Path) -> Strace:
    """Let the first of these threads that begins its Nth such call be killed there."""
    inject = f"inject={syscall}:signal=SIGKILL:when={number}"
    return Strace(whom, ("-e", f"trace={syscall}", "-e", inject), output)


def counting(whom: Whom, output: Path) -> Strace:
    """Write down all calls that may be ended."""
    return Strace(whom, ("-e", f"trace={','.join(SYSCALLS)}"), output)


def counted(output: Path, roles: Mapping[int, str], other: str) -> Counter[tuple[str, str]]:
    """Give the most calls of each kind that one thread of each role made; all else is `other`."""
    calls = Counter((int(found[1]), found[2]) for found in _CALL.finditer(output.read_text()))
    most: Counter[tuple[str, str]] = Counter()
    for (thread, syscall), count in calls.items():
        role = roles.get(thread, other)
        most[role, syscall] = max(most[role, syscall], count)
    return most
