"""A daemon of our own as processes, an MSA that keeps what it gets, and clients that insist."""

import os
import shutil
import signal
import smtplib
import subprocess
import sys
from collections import Counter
from pathlib import Path
from threading import Lock

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from gateway.failpoint import POINT
from gateway.templates import folder, shipped_folder
from gateway.templates.last_good import LastGood
from gateway.templates.trial import checks
from servers import process

_ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS = 60.0


class Sink:
    """An MSA that keeps each mail's bytes, by Message-ID."""

    def __init__(self) -> None:
        """Listen on a free port."""
        self._lock = Lock()
        self.copies: Counter[bytes] = Counter()
        self.contents: dict[bytes, set[bytes]] = {}
        self.recipients: dict[bytes, str] = {}
        self._controller = Controller(self, hostname="127.0.0.1", port=process.free_port())
        self._controller.start()
        self.port = self._controller.port

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a mail."""
        del server, session
        content = envelope.content
        assert isinstance(content, bytes)
        head = content.partition(b"\r\n\r\n")[0]
        (message_id,) = [
            line for line in head.split(b"\r\n") if line.lower().startswith(b"message-id:")
        ]
        with self._lock:
            self.copies[message_id] += 1
            self.contents.setdefault(message_id, set()).add(content)
            self.recipients[message_id] = envelope.rcpt_tos[0]
        return "250 2.0.0 kept"

    def stop(self) -> None:
        """Stop listening."""
        self._controller.stop()


def starting(configuration: Path) -> list[str]:
    """Give what starts a daemon, which begins as after an earlier start on the same data folder.

    It knows the shipped templates as sound, since to try them takes longer than all the rest.
    """
    data = configuration.parent / "data"
    if not data.exists():
        data.mkdir(mode=0o750)
    if data.is_dir():
        sources, _ = folder.read(configuration.parent / "templates", shipped_folder(), ())
        LastGood(data).keep(sources, (), checks())
    return [sys.executable, "-P", "-m", "gateway.cli", "run", "--config", str(configuration)]


def share_keys(data: Path, other: Path) -> None:
    """Give a node the keys of its house, but for the one that tells nodes apart."""
    own = shutil.ignore_patterns("node")
    shutil.copytree(data / "keys", other / "keys", ignore=own, dirs_exist_ok=True)


class DaemonProcess:
    """`casepost run` as a process with its children, to be killed and started again."""

    def __init__(
        self, configuration: Path, port: int, log: Path, only: str = "", fail_point: str = ""
    ) -> None:
        """Prepare; `port` is the listener's, or that of `[internal]`, which greets as well.

        `only` are its roles, and `fail_point` is where it dies.
        """
        self._command = [*starting(configuration), *(["--only", only] if only else [])]
        self._port = port
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
        if fail_point:
            self._environment[POINT] = fail_point

    def start(self) -> None:
        """Start, and wait until the listener greets."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=log, start_new_session=True, env=self._environment
            )
        process.wait_until(
            lambda: self.ended or process.listens(self._port),
            seconds=_START_SECONDS,
            what="the daemon's listener",
        )
        assert not self.ended, self._log.read_text()[-2000:]

    @property
    def ended(self) -> bool:
        """Say whether the daemon is gone."""
        return self._process is None or self._process.poll() is not None

    def processes(self) -> list[int]:
        """Give the ids of the daemon and its workers, the daemon first."""
        assert self._process is not None
        group = os.getpgid(self._process.pid) if not self.ended else self._process.pid
        members = [
            int(path.name)
            for path in Path("/proc").iterdir()
            if path.name.isdigit() and _group_of(path) == group
        ]
        return sorted(members, key=lambda pid: (pid != group, pid))

    def kill(self, pid: int) -> None:
        """Kill one process with SIGKILL; the daemon itself is waited for."""
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        if self._process is not None and pid == self._process.pid:
            self._process.wait()

    def stop(self) -> None:
        """Ask the daemon to end, and wait for it."""
        if self._process is not None and not self.ended:
            process.end(self._process, signal.SIGTERM, seconds=60)


def _group_of(path: Path) -> int:
    try:
        fields = (path / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return -1
    return -1 if fields[0] == "Z" else int(fields[2])


def insist(port: int, sender: str, recipient: str, content: bytes, seconds: float = 120) -> None:
    """Send a mail until it is accepted, as an MTA does; a lost reply means to send it again."""

    def accepted() -> bool:
        try:
            with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
                client.sendmail(sender, [recipient], content)
        except (OSError, smtplib.SMTPException):
            return False
        return True

    process.wait_until(accepted, seconds=seconds, what="the acceptance of a mail")
