"""What the test servers have in common: a folder of their own, a user of their own, an end."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

# Servers that refuse to run as root get this account, which every system has.
UNPRIVILEGED = "nobody"


def missing(what: str, how_to_get_it: str) -> None:
    """Skip the test for want of a server; where CI is set, fail it, so that nothing hides."""
    sentence = f"{what} is not on this machine: {how_to_get_it}"
    if os.environ.get("CI") == "true":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


def account() -> pwd.struct_passwd:
    """Give the account that a server shall run as: our own, or an unprivileged one for root."""
    return pwd.getpwnam(UNPRIVILEGED) if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


@contextmanager
def folder(name: str) -> Iterator[Path]:
    """Make a folder that the server's account owns and can reach, unlike pytest's own."""
    path = Path(tempfile.mkdtemp(prefix=f"casepost-{name}-"))
    try:
        path.chmod(0o755)
        if os.geteuid() == 0:
            os.chown(path, account().pw_uid, account().pw_gid)
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def free_port() -> int:
    """Give a port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(true: Callable[[], bool], *, seconds: float = 20, what: str) -> None:
    """Look again every few milliseconds until `true()`; raises TimeoutError saying `what`."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(0.01)


def listens(port: int) -> bool:
    """Say whether somebody accepts connections on a loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def end(process: subprocess.Popen[bytes], how: signal.Signals, *, seconds: float = 20) -> None:
    """End a server that leads its own process group, at last by force."""
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(seconds)
