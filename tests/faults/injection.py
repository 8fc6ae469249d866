"""System calls that fail in a running process, by strace (`-e inject`); nothing else is changed."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from faults.fault import NotRun
from servers import process


@dataclass(frozen=True, slots=True)
class Failing:
    """Which calls fail and how: `when` is "N" for the Nth of each thread, "N+" for all from then.

    With `paths`, only calls about these files count.
    """

    calls: str
    error: str = "EIO"
    when: str = "1+"
    paths: tuple[Path, ...] = ()
    seen: str = ""
    """Further calls that are only written down."""


class Injection:
    """What strace wrote down so far."""

    def __init__(self, log: Path) -> None:
        """Begin with its output."""
        self._log = log

    def lines(self) -> list[str]:
        """Give the calls that were seen, in their order."""
        return self._log.read_text(errors="replace").splitlines() if self._log.exists() else []

    @property
    def failed(self) -> int:
        """Count the calls that were made to fail."""
        return sum("(INJECTED)" in line for line in self.lines())

    def wait(self) -> None:
        """Wait until a call has failed."""
        process.wait_until(lambda: self.failed > 0, seconds=60, what="a call fails")


@contextmanager
def injected(pids: Sequence[int], failing: Failing, log: Path) -> Iterator[Injection]:
    """Make calls of running processes fail, with all their threads, until the block is left."""
    program = shutil.which("strace")
    if program is None:
        raise NotRun("strace is not on this machine: apt-get install strace")
    traced = ",".join(filter(None, (failing.calls, failing.seen)))
    command = [program, "-f", "-o", str(log), "-e", f"trace={traced}", "-e", "signal=none"]
    command += ["-e", f"inject={failing.calls}:error={failing.error}:when={failing.when}"]
    command += [part for path in failing.paths for part in ("-P", str(path))]
    command += [part for pid in pids for part in ("-p", str(pid))]
    log.unlink(missing_ok=True)
    said = log.with_suffix(".said")
    with said.open("wb") as output:
        tracer = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        process.wait_until(lambda: _attached(tracer, said, len(pids)), what="strace is attached")
        yield Injection(log)
    finally:
        tracer.terminate()
        tracer.wait(20)


def _attached(tracer: subprocess.Popen[bytes], said: Path, count: int) -> bool:
    text = said.read_text()
    if tracer.poll() is not None or "not permitted" in text:
        raise NotRun(f"strace can't attach to a process here: {text.strip()[-200:]}")
    return len(re.findall(r"Process \d+ attached", text)) >= count
