"""Postfix's smtp-sink, which takes every mail and throws it away: what a courier is measured by."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from gateway.errors import Misused, Transient
from gateway.ports import free_port, wait_for_port

_START_SECONDS = 10.0
_LOOK_SECONDS = 0.005
_COUNTED = re.compile(rb"mesg=(\d+)\s*\r")


class Sink(NamedTuple):
    """A running sink on a port of this machine; it writes its counters to `output`."""

    port: int
    output: Path

    def taken(self) -> int:
        """Count the mails that it has accepted so far, each at its final dot."""
        with self.output.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 200))
            counted = _COUNTED.findall(file.read())
        return int(counted[-1]) if counted else 0

    def wait_for(self, count: int, seconds: float) -> float:
        """Wait until it has taken so many; the moment, by `time.perf_counter`. Raises Transient."""
        end = time.perf_counter() + seconds
        while (taken := self.taken()) < count:
            if time.perf_counter() > end:
                raise Transient(f"only {taken} of {count} mails have gone out")
            time.sleep(_LOOK_SECONDS)
        return time.perf_counter()


@contextmanager
def running(folder: Path) -> Iterator[Sink]:
    """Run one until the block ends. Raises Misused where Postfix is not installed."""
    path = os.environ.get("PATH", "")
    program = shutil.which("smtp-sink", path=f"{path}:/usr/sbin:/usr/libexec/postfix")
    if program is None:
        raise Misused("smtp-sink is not on this machine: install Postfix, nothing of it has to run")
    sink = Sink(free_port(), folder / f"sink-{time.monotonic_ns()}")
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    with sink.output.open("wb") as output:
        process = subprocess.Popen(
            [program, "-c", *user, f"127.0.0.1:{sink.port}", "512"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.DEVNULL,
        )
    try:
        wait_for_port(sink.port, _START_SECONDS, lambda: process.poll() is None)
        yield sink
    finally:
        process.kill()
        process.wait()
