"""Memory and time of the listener under what an attacker may send."""

import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from gateway.config.settings import Limits
from servers.dialog import Client, listening

MEBI = 1024 * 1024
LINE = b"x" * MEBI
EMPTY_LINES = b"\r\n" * (MEBI // 2)
SHORT_LINES = b".\n\r\n" * (MEBI // 4)


def resident() -> int:
    """Give the bytes of memory that this process has now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


@contextmanager
def sending(client: Client, chunk: bytes, times: int, most: list[int]) -> Iterator[threading.Event]:
    """Send from a thread, as fast as it goes, and note the most memory seen; set when done."""
    done = threading.Event()

    def send() -> None:
        with suppress(OSError):
            for _ in range(times):
                client.send(chunk)
                most.append(resident())
        done.set()

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield done
    finally:
        thread.join(100)


@contextmanager
def reading(client: Client) -> Iterator[None]:
    """Read and forget what comes, in a thread, until the connection is shut."""

    def read() -> None:
        with suppress(OSError):
            while client.socket.recv(65536):
                pass

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield
    finally:
        client.socket.shutdown(socket.SHUT_RDWR)
        thread.join(100)


def wait_for_reply(client: Client) -> float:
    """Give how long EHLO takes, in seconds."""
    began = time.monotonic()
    assert client.say("EHLO c").startswith("250")
    return time.monotonic() - began


def nearly_all(waits: list[float]) -> float:
    """Give what 95 % stay under; other work on this machine has its share in the slowest few."""
    return sorted(waits)[len(waits) * 95 // 100]


@pytest.mark.parametrize(
    ("chunk", "times", "reply"),
    [
        pytest.param(LINE, 400, "500 5.6.0", id="a line of 400 MiB"),
        pytest.param(EMPTY_LINES, 30, "250 2.0.0", id="15 million empty lines"),
        pytest.param(SHORT_LINES, 30, "554 5.6.0", id="smuggling in bulk"),
    ],
)
def test_memory_and_other_sessions(tmp_path: Path, chunk: bytes, times: int, reply: str) -> None:
    """Memory stays bounded, and meanwhile another session is answered at once."""
    limits = Limits(free_bytes=1, free_inodes=1, message_size=400 * MEBI)
    with (
        listening(tmp_path, limits=limits) as running,
        running.greeted() as client,
        running.greeted() as other,
    ):
        client.begin()
        most = [resident()]
        with sending(client, chunk, times, most) as done:
            waits = [wait_for_reply(other)]
            while not done.is_set():
                waits.append(wait_for_reply(other))
        client.send(b"\r\n.\r\n")
        assert client.reply().startswith(reply)
    assert max(most) - most[0] < 64 * MEBI
    assert nearly_all(waits) < 0.2


def test_a_flood_of_commands(tmp_path: Path) -> None:
    """Who sends commands without a pause, and reads the replies, leaves time for others."""
    with (
        listening(tmp_path) as running,
        running.greeted() as client,
        running.greeted() as other,
        sending(client, b"NOOP\r\n" * 10_000, 100, []),
        reading(client),
    ):
        waits = [wait_for_reply(other) for _ in range(20)]
    assert nearly_all(waits) < 0.2


def test_a_command_line_without_end(tmp_path: Path) -> None:
    """It is not read for ever, and costs no memory."""
    with listening(tmp_path) as running, running.greeted() as client:
        most = [resident()]
        with sending(client, LINE, 50, most):
            assert client.reply().startswith("421 4.7.0")
    assert max(most) - most[0] < 16 * MEBI


def test_a_client_that_never_reads(tmp_path: Path) -> None:
    """Replies that nobody takes are held for as long as a command may take, and not for more."""
    limits = Limits(free_bytes=1, free_inodes=1, command_idle=0.5)
    with listening(tmp_path, limits=limits) as running, running.client() as client:
        most = [resident()]
        with sending(client, b"EHLO c\r\n" * 8192, 2000, most) as done:
            assert done.wait(60)
        assert max(most) - most[0] < 16 * MEBI
        assert len(most) < 2000
