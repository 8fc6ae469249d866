"""What the test servers have in common: a folder of their own, a user of their own, an end."""

import itertools
import os
import pwd
import secrets
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

# Below what any system gives to clients. Where in its part a process begins is left to chance,
# so that two runs on one machine hardly ever meet.
_FIRST_PORT, _LAST_PORT, _MOST_PROCESSES = 10_000, 32_000, 64


def _own_ports() -> Iterator[int]:
    """Give the ports of this process of a parallel run, again and again."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    own = range(_FIRST_PORT + worker % _MOST_PROCESSES, _LAST_PORT, _MOST_PROCESSES)
    begin = secrets.randbelow(len(own))
    return itertools.cycle([*own[begin:], *own[:begin]])


_PORTS = _own_ports()


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
    """Give a port of the loopback interface that nobody listens on, and that nobody else gets.

    Each process of a run has ports of its own, and systems give none of them to clients: between
    this and the start of a server nobody takes the port.
    """
    for port in itertools.islice(_PORTS, _LAST_PORT - _FIRST_PORT):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no port is free")


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
