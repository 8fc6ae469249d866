"""The demo's stage: a daemon in a temporary folder, and an MSA that keeps what it is handed."""

import shutil
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Condition

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from gateway.config.load import load
from gateway.console.passwords import hashed
from gateway.console.roles import UserRole
from gateway.errors import Transient
from gateway.mail.model import Mail
from gateway.mail.parse import parse
from gateway.ports import free_port, wait_for_port
from gateway.store import users
from gateway.store.database import Database
from gateway.templates import shipped_folder

_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail that the daemon handed to the MSA, and when, in seconds since the start."""

    at: float
    recipient: str
    mail: Mail


class Mailroom:
    """The mail submission agent of the demo: takes every mail and lets one wait for it."""

    def __init__(self, elapsed: Callable[[], float]) -> None:
        """Start with nothing received."""
        self._elapsed = elapsed
        self._arrived: list[Arrived] = []
        self._changed = Condition()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        """Keep a mail."""
        del server, session
        content = envelope.content
        assert isinstance(content, bytes)  # noqa: S101  aiosmtpd gives bytes unless asked
        with self._changed:
            arrived = Arrived(self._elapsed(), envelope.rcpt_tos[0], parse(content))
            self._arrived.append(arrived)
            self._changed.notify_all()
        return "250 2.0.0 kept"

    def count(self, recipient: str) -> int:
        """Say how many mails came for somebody."""
        with self._changed:
            return len(self._of(recipient))

    def wait(self, recipient: str, count: int = 1) -> Arrived:
        """Wait until so many mails have come for somebody; give the last. Raises Transient."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._of(recipient)) >= count, _PATIENCE):
                message = f"{count} mails were due for {recipient}, {len(self._of(recipient))} came"
                raise Transient(message)
            return self._of(recipient)[count - 1]

    def _of(self, recipient: str) -> list[Arrived]:
        return [arrived for arrived in self._arrived if arrived.recipient == recipient]


class Stage:
    """A daemon with the shipped desks, and whoever writes to it."""

    def __init__(self, folder: Path) -> None:
        """Set up under this folder; nothing runs yet."""
        self.folder = folder
        self.config = folder / "config" / "casepost.toml"
        self.port = free_port()
        self.console_url = f"http://127.0.0.1:{free_port()}"
        self._begin = time.monotonic()
        self.mailroom = Mailroom(self.elapsed)
        self._msa = Controller(self.mailroom, hostname="127.0.0.1", port=free_port())
        self._msa_runs = False
        self._daemon: subprocess.Popen[bytes] | None = None
        self._write_house()

    def elapsed(self) -> float:
        """Give the seconds since the stage was set up."""
        return time.monotonic() - self._begin

    def _write_house(self) -> None:
        web = free_port()
        shipped = shipped_folder().parent / "config" / "desks"
        shutil.copytree(shipped, self.config.parent / "desks")
        (self.folder / "templates").mkdir()
        self.config.write_text(
            'desks = "desks/*.toml"\n'
            'templates = "../templates"\n'
            'data = "../var"\n'
            f'[[listener]]\nhost = "127.0.0.1"\nport = {self.port}\n'
            f'[web]\nhost = "127.0.0.1"\nport = {web}\nbase_url = "http://127.0.0.1:{web}"\n'
            f"[console]\nport = {self.console_url.rpartition(':')[2]}\n"
            f'base_url = "{self.console_url}"\n'
            f'[msa]\nhost = "127.0.0.1"\nport = {self._msa.port}\n'
            'tls = "none"\nuncertain_retry = 1\n'
        )

    def start(self) -> None:
        """Start the MSA, if it does not run yet, and the daemon. Raises Transient."""
        if not self._msa_runs:
            self._msa.start()
            self._msa_runs = True
        command = [sys.executable, "-P", "-m", "gateway.cli", "run", "--config", str(self.config)]
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603  our own program
        self._daemon = process
        try:
            wait_for_port(self.port, _PATIENCE, lambda: process.poll() is None)
        except Transient as error:
            lines = (self.folder / "log").read_text(errors="replace").splitlines()[-5:]
            raise Transient("\n".join([str(error), *lines])) from error

    def register(self, people: str) -> None:
        """Import people into the directory, given as CSV. Raises Transient."""
        path = self.folder / "people.csv"
        path.write_text(people)
        command = [sys.executable, "-P", "-m", "gateway.cli", "directory", "import", str(path)]
        command += ["--config", str(self.config)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  our own program
        if done.returncode:
            raise Transient(done.stderr.strip())

    @property
    def pid(self) -> int:
        """Give the daemon's process id."""
        assert self._daemon is not None  # noqa: S101  asked only while it runs
        return self._daemon.pid

    def kill(self) -> None:
        """Kill the daemon with SIGKILL, as a power cut would."""
        if self._daemon is not None:
            self._daemon.kill()
            self._daemon.wait()

    def stop(self) -> None:
        """Stop the daemon and the MSA."""
        if self._daemon is not None:
            self._daemon.terminate()
            self._daemon.wait()
        if self._msa_runs:
            self._msa.stop()

    def send(self, sender: str, recipient: str, content: bytes) -> str:
        """Send a mail by SMTP; give the server's last word, such as `250 2.0.0 ...`."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=_PATIENCE) as client:
            client.ehlo("demo.example")
            client.mail(sender)
            code, reply = client.rcpt(recipient)
            if code == 250:
                code, reply = client.data(content)
        return f"{code} {reply.decode('ascii', 'replace')}"

    def address(self, language: str) -> str:
        """Give the address of a desk that writes in this language first."""
        desks = load(self.config).desks
        return next(desk.address for desk in desks if desk.languages[0] == language)

    def agent(self, language: str) -> str:
        """Give the address of the first agent of that desk."""
        desks = load(self.config).desks
        return next(desk.agent[0].address for desk in desks if desk.languages[0] == language)

    def let_in(self, address: str, password: str) -> None:
        """Make somebody an admin of the console."""
        row = ("", UserRole.ADMIN.value, hashed(password), datetime.now(UTC))
        with self.database().writing() as connection:
            users.add(connection, address, *row)

    def database(self) -> Database:
        """Open the daemon's database, to look at it."""
        return Database("sqlite:///casepost.db", self.folder / "var")
