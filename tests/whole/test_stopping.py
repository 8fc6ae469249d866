"""SIGTERM ends the daemon soon when nothing is in hand, whoever else takes their time."""

import signal
import smtplib
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.daemon import starting
from lib.workbench import mail, write_house
from servers import process

# What takes a second on a machine that has nothing else to do.
SOON = 8.0

pytestmark = pytest.mark.thorough


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that accepts connections and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


class Running:
    """A daemon, once it listens."""

    def __init__(self, folder: Path, more: str = "") -> None:
        """Start it in a house whose configuration goes on with `more`."""
        self.port = process.free_port()
        path = write_house(folder / "house", "sqlite:///casepost.db")
        listener = f"[[listener]]\nport = {self.port}\n"
        path.write_text(f"{path.read_text()}\n{listener}\n{more}")
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.daemon = subprocess.Popen(
                starting(path),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        process.wait_until(lambda: process.listens(self.port), seconds=60, what="the listener")

    def logs(self, words: str) -> None:
        """Wait until the log has these words."""
        process.wait_until(lambda: words in self.log.read_text(), seconds=60, what=words)

    def stop(self) -> float:
        """Ask it to end; how many seconds it took."""
        began = time.monotonic()
        process.end(self.daemon, signal.SIGTERM, seconds=70)
        assert 0 == self.daemon.returncode, self.log.read_text()
        return time.monotonic() - began


def test_idle_sessions_are_told_and_ended_at_once(tmp_path: Path) -> None:
    """Whether or not they said a word, or half a one."""
    running = Running(tmp_path)
    clients = [socket.create_connection(("127.0.0.1", running.port), 60) for _ in range(3)]
    for client, said in zip(clients, (b"", b"EHLO x\r\n", b"EHLO x\r\nMAIL FR"), strict=True):
        assert client.recv(3) == b"220"
        client.sendall(said)

    assert running.stop() < SOON
    for client in clients:
        with client, client.makefile("rb") as lines:
            assert lines.readlines()[-1].startswith(b"421 4.3.2")


@pytest.mark.usefixtures("measured_processes")
def test_an_msa_that_does_not_greet_is_not_waited_for(tmp_path: Path, silent: int) -> None:
    """The mail has not reached DATA, and is free again."""
    msa = f'[msa]\nhost = "127.0.0.1"\nport = {silent}\ntls = "none"\n'
    running = Running(tmp_path, msa)
    with smtplib.SMTP("127.0.0.1", running.port) as client:
        client.sendmail("jan@klant.example", "help@north.example", mail())
    running.logs(" queued ")

    assert running.stop() < SOON
    assert "handed over" not in running.log.read_text()


def test_a_mailbox_that_does_not_greet_is_not_waited_for(tmp_path: Path, silent: int) -> None:
    """Nothing is being fetched."""
    (tmp_path / "password").write_text("secret")
    account = f'[[imap]]\nname = "a"\nhost = "127.0.0.1"\nport = {silent}\ntls = "none"\n'
    secret = f'user = "a"\npassword_file = "{tmp_path / "password"}"\n'
    running = Running(tmp_path, account + secret)

    assert running.stop() < SOON


@pytest.mark.usefixtures("measured_processes")
def test_who_asks_while_the_daemon_starts_is_heard(tmp_path: Path) -> None:
    """It ends in order as soon as it has started."""
    assert Running(tmp_path).stop() < SOON
