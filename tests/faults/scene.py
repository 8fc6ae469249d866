"""A daemon on loopback between clients that keep account of each 250, and a scripted MSA."""

import os
import re
import smtplib
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

from sqlalchemy import Row, Table, func, select

from faults.fault import Broken, must
from faults.injection import Failing, Injection, injected
from faults.letters import Letter
from faults.mounting import mounted
from gateway.store.database import Database
from gateway.store.schema import outbox, spool
from lib import daemon
from lib.reckoning import Delivery, Handed, by_smtp, reckon
from lib.workbench import write_house
from servers import process, smtp_peer
from servers.smtp_peer import Peer

_ROOT = Path(__file__).resolve().parents[2]
_LOGS = _ROOT / "var" / "faults"
# Nobody listens there; a fault may.
NAMESERVER = "127.0.0.77"
RECIPIENT = "help@north.example"
PASSWORD = "swordfish"
ACKNOWLEDGED = ("customer/acknowledge",)
# On a machine that is busy with other things.
_PATIENCE = 60

# Quick to notice and to come back; no flood is one, since each mail is to have its own effects.
_HOUSE = """
[[listener]]
host = "127.0.0.1"
port = {listener}

[limits]
reply = 8
free_bytes = {free_bytes}
free_inodes = {free_inodes}
message_size = {message_size}

[authenticity]
nameservers = ["{nameserver}"]
dns_timeout = 0.5

[sending]
domain_hour = 1000000
house_hour = 1000000
"""
_MSA = """
[msa]
host = "127.0.0.1"
port = {msa}
tls = "{tls}"
connections = 1
connect_timeout = 2
command_timeout = 2
reply_timeout = 2
retry_first = 0.2
retry_most = 1
uncertain_retry = 1
"""
_DESK = """incident = { most = 1000000 }
strangers = { most = 1000000 }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a scene differs from the usual: configuration, the desk's policy, its environment.

    With `wrapped` the daemon runs under `faults.wrapped`. `msa` is what follows in its table; None
    leaves it out. With `small`, options of a mount, the data folder is a file system of its own.
    Rows are read from `look` where that is not `url`.
    """

    url: str = "sqlite:///casepost.db"
    look: str = ""
    more: str = ""
    policy: str = ""
    msa: str | None = ""
    tls: str = "none"
    wrapped: bool = False
    small: str = ""
    environment: tuple[tuple[str, str], ...] = ()


_USUAL = Plan()


class Daemon(daemon.DaemonProcess):
    """A daemon that may be wrapped, so that it has another clock, or a fault of its own."""

    def __init__(self, configuration: Path, port: int, log: Path, plan: Plan) -> None:
        """Prepare."""
        super().__init__(configuration, port, log)
        python_path = os.pathsep.join([str(_ROOT / "tests"), str(_ROOT)])
        self._environment = {**os.environ, "PYTHONPATH": python_path, **dict(plan.environment)}
        if plan.wrapped:
            self._command = [sys.executable, "-P", "-m", "faults.wrapped", *self._command[4:]]


@dataclass(slots=True)
class Scene:
    """A running daemon, who talks with it, and what both sides know."""

    folder: Path
    path: Path
    port: int
    peer: Peer
    daemon: Daemon
    database: Database
    log_file: Path
    accepted: list[Delivery] = field(default_factory=list)
    handed: list[Handed] = field(default_factory=list)
    """What the MSA got, or refused, beside what its script has taken."""
    answers: tuple[str, ...] = ACKNOWLEDGED

    @property
    def data(self) -> Path:
        """Give the data folder."""
        return self.path.parent / "data"

    @property
    def write_ahead_log(self) -> Path:
        """Give SQLite's log, which is what a commit syncs."""
        return self.data / "casepost.db-wal"

    def log(self) -> str:
        """Give what the daemon has logged so far."""
        return self.log_file.read_text(errors="replace")

    def send(self, letter: Letter, recipient: str = RECIPIENT, seconds: float = 20) -> int:
        """Send a mail once; the code of the last reply, 0 where the connection was lost."""
        try:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=seconds) as client:
                client.sendmail(letter.sender, [recipient], letter.content)
        except smtplib.SMTPRecipientsRefused as refused:
            return next(iter(refused.recipients.values()))[0]
        except smtplib.SMTPResponseException as refused:
            return refused.smtp_code
        except (OSError, smtplib.SMTPException):
            return 0
        one = by_smtp(letter.sender, recipient, letter.content, answers=self.answers)
        self.accepted.append(one)
        return 250

    def insist(self, letter: Letter, seconds: float = _PATIENCE) -> list[int]:
        """Send a mail until it is taken, as an MTA does; the codes on the way there."""
        codes: list[int] = []

        def taken() -> bool:
            codes.append(self.send(letter))
            return codes[-1] == 250

        try:
            self.wait(taken, "accepted", seconds)
        except TimeoutError:
            raise Broken(f"no 250 for {letter.message_id}, but {codes[-5:]}") from None
        must(all(c == 0 or 400 <= c < 500 for c in codes[:-1]), f"a client heard {codes}")
        return codes

    def wait(self, true: Callable[[], bool], what: str, seconds: float = _PATIENCE) -> None:
        """Wait until something is true."""
        process.wait_until(true, seconds=seconds, what=what)

    def failing(self, pids: Sequence[int], failing: Failing) -> AbstractContextManager[Injection]:
        """Make system calls of the daemon or of its worker fail."""
        return injected(pids, failing, self.folder / "strace")

    @property
    def main(self) -> list[int]:
        """Give the daemon's own process."""
        return self.daemon.processes()[:1]

    @property
    def workers(self) -> list[int]:
        """Give the processes of its workers, once there are any."""
        self.wait(lambda: len(self.daemon.processes()) > 1, "a worker")
        return self.daemon.processes()[1:]

    def rows(self, table: Table, *conditions: Any) -> list[Row[Any]]:  # noqa: ANN401  SQL
        """Give the rows of a table."""
        with self.database.reading() as connection:
            asked = select(table).where(*conditions).order_by(*table.primary_key)
            return list(connection.execute(asked))

    def count(self, table: Table, *conditions: Any) -> int:  # noqa: ANN401  SQL
        """Count the rows of a table."""
        with self.database.reading() as connection:
            asked = select(func.count()).select_from(table).where(*conditions)
            return int(connection.execute(asked).scalar_one())

    def received(self, letter: Letter) -> Row[Any] | None:
        """Give a mail's row in the spool, if it is there."""
        found = self.rows(spool, spool.c.message_id == letter.message_id)
        return found[0] if found else None

    def answer_to(self, letter: Letter) -> Row[Any] | None:
        """Give the row of what a customer is sent, if there is any."""
        found = self.rows(outbox, outbox.c.recipient == letter.sender)
        return found[0] if found else None

    def copies(self, letter: Letter) -> int:
        """Count how often the MSA took what this mail's sender is sent."""
        row = self.answer_to(letter)
        name = b"" if row is None else row.message_id.encode()
        return sum(name in one.text for one in self.peer.taken) if name else 0

    def state(self, letter: Letter) -> str:
        """Say where a mail stands in the spool, "" if it is not there."""
        row = self.received(letter)
        return "" if row is None else str(row.state)

    def wait_filed(self, letter: Letter, seconds: float = _PATIENCE) -> None:
        """Wait until a mail is filed."""
        self.wait(lambda: self.state(letter) == "filed", f"{letter.message_id} is filed", seconds)

    def wait_sent(self, letter: Letter, seconds: float = _PATIENCE) -> None:
        """Wait until the answer to a mail counts as sent."""

        def sent() -> bool:
            row = self.answer_to(letter)
            return row is not None and row.state == "sent"

        self.wait(sent, f"the answer to {letter.message_id} is sent", seconds)

    def drained(self) -> bool:
        """Say whether nothing waits, and nothing is to be sent."""
        waiting = self.count(spool, spool.c.state == "waiting")
        return waiting == 0 and self.count(outbox, outbox.c.settled_at.is_(None)) == 0

    def everything_handed(self) -> list[Handed]:
        """Give all that the MSA got."""
        return [*(Handed(one.text, 250) for one in self.peer.taken), *self.handed]

    def check(self) -> None:
        """Wait until nothing is left to do; then nothing may be lost, nothing doubled."""
        with suppress(TimeoutError):
            self.wait(self.drained, "all is done", _PATIENCE)
        found = reckon(self.database, self.accepted, self.everything_handed()).findings
        must(not found, "; ".join(map(str, found[:3])))
        must(not self.daemon.ended, "the daemon has ended by itself")


def _log_of(name: str) -> Path:
    """Give where a daemon's log stays for whoever looks for the reason, from its start on."""
    _LOGS.mkdir(parents=True, exist_ok=True)
    log = _LOGS / f"{name}.log"
    log.touch()
    return log


def _room(plan: Plan) -> dict[str, int]:
    """Give what must be free, which is next to nothing unless there is little room anyhow."""
    if plan.small:
        return {"free_bytes": 2 << 20, "free_inodes": 20, "message_size": 1 << 20}
    return {"free_bytes": 1, "free_inodes": 1, "message_size": 35 << 20}


def pass_time(seconds: float) -> None:
    """Let time pass where that is what the fault is about."""
    Event().wait(seconds)


def write_secret(path: Path, secret: str) -> None:
    """Write a file that only its owner may read."""
    path.touch(mode=0o600)
    path.write_text(secret)


@contextmanager
def scene(name: str, plan: Plan = _USUAL) -> Iterator[Scene]:
    """Start a daemon on an empty house."""
    with (
        process.folder(f"fault-{name}") as folder,
        smtp_peer.running(Peer()) as peer,
        ExitStack() as stack,
    ):
        port = process.free_port()
        path = write_house(folder / "house", plan.url)
        for desk in (path.parent / "desks").glob("*.toml"):
            alone = re.sub(r"\[\[agent\]\][^\[]*", "", desk.read_text())
            desk.write_text(_DESK + alone + plan.policy)
        msa = "" if plan.msa is None else _MSA.format(msa=peer.port, tls=plan.tls) + plan.msa
        path.write_text(
            path.read_text()
            + _HOUSE.format(listener=port, nameserver=NAMESERVER, **_room(plan))
            + plan.more
            + msa
        )
        write_secret(path.with_name("password"), PASSWORD)
        if plan.small:
            stack.enter_context(mounted(path.parent / "data", plan.small))
        running = Daemon(path, port, _log_of(name), plan)
        database = Database(plan.look or plan.url, path.parent / "data")
        try:
            running.start()
            yield Scene(folder, path, port, peer, running, database, _log_of(name))
        finally:
            running.stop()
            database.close()
