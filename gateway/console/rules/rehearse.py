"""Deciding on mails without doing anything, in a process of its own (`gateway/rehearsal/`)."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Timer

# Without -P, Python would take a folder `gateway` where the daemon was started for the program.
PROGRAM = (sys.executable, "-P", "-m", "gateway.rehearsal")

Line = Mapping[str, object]
_LONGEST_LINE = 16 * 1024 * 1024
_ENDED = {"problem": "It ended without an answer; the log says why.", "findings": []}


@contextmanager
def rehearsed(wanted: Mapping[str, object], seconds: float) -> Iterator[Iterator[Line]]:
    """Start a process that does what is wanted; give what it says, line by line.

    It is ended after so many seconds, or when the block is left. Raises OSError when the machine
    has no room for it.
    """
    process = subprocess.Popen(  # noqa: S603  our own program, no shell
        PROGRAM, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    end = Timer(seconds, process.kill)
    end.daemon = True
    end.start()
    try:
        yield _said(process, wanted)
    finally:
        end.cancel()
        process.kill()
        process.communicate()


def _said(process: subprocess.Popen[bytes], wanted: Mapping[str, object]) -> Iterator[Line]:
    """Tell the process what is wanted, and give its lines; the last says so if it just ended."""
    if process.stdin is None or process.stdout is None:
        return
    try:
        process.stdin.write(json.dumps(wanted).encode() + b"\n")
        process.stdin.flush()
    except BrokenPipeError:
        yield _ENDED
        return
    while line := process.stdout.readline(_LONGEST_LINE):
        if not line.endswith(b"\n"):
            break
        yield json.loads(line)
    if line or process.wait() != 0:
        yield _ENDED
