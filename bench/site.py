"""A Casepost to measure: a configuration of its own, its daemon, and a look at its database."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Table, func, select

import gateway.bench
from bench import processes
from gateway.bench.client import send
from gateway.bench.mix import Asked, Letter, mix, seeds
from gateway.errors import Transient
from gateway.ports import free_port, wait_for_port
from gateway.store.database import Database
from gateway.store.outbox import OutboxState
from gateway.store.schema import outbox, spool, tickets
from gateway.store.spool import is_waiting

RECIPIENT = "support@desk.example"
"""Where the desk's mail goes."""
SESSIONS = 50

_START_SECONDS = 60.0
_DRAIN_SECONDS = 600.0
_LOOK_SECONDS = 0.01
_WITHOUT_END = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """How a site differs from the next: `msa` is the port of who takes its mail, by `connections`.

    Without `agents` its desk has nobody to tell of a mail, as the peers have not.
    """

    database: str = "sqlite:///casepost.db"
    msa: int | None = None
    connections: int = 10
    workers: int = 1
    agents: bool = False
    more: str = ""


class Site:
    """One house under a folder, with its daemon while `running`."""

    def __init__(self, folder: Path, setup: Setup) -> None:
        """Write the configuration; nothing runs yet."""
        self.folder, self.setup, self.port = folder, setup, free_port()
        self.path = folder / "casepost.toml"
        self.store = Database(setup.database, folder / "data")
        (folder / "desks").mkdir(parents=True)
        (folder / "templates").mkdir()
        (folder / "desks" / "desk.toml").write_text(_desk(setup))
        self.path.write_text(_configuration(setup, self.port))

    @contextmanager
    def running(self, roles: str, under: Sequence[str] = ()) -> Iterator[int]:
        """Run the daemon with these roles until the block ends; gives its process id.

        `under` is a program that watches it, with its options.
        """
        command = [
            *under,
            sys.executable,
            "-P",
            "-m",
            "gateway.cli",
            "run",
            "--config",
            str(self.path),
        ]
        log = self.folder / "log"
        with log.open("ab") as output:
            process = subprocess.Popen([*command, "--only", roles], stdout=output, stderr=output)
        try:
            self._wait_until_ready(process, roles)
            yield process.pid
        except Transient as error:
            lines = log.read_text(errors="replace").splitlines()[-5:]
            raise Transient("\n".join([str(error), *lines])) from error
        finally:
            # Who watches would leave it running.
            for daemon in processes.tree(process.pid)[1 if under else 0 :][:1]:
                with suppress(ProcessLookupError):
                    os.kill(daemon, signal.SIGTERM)
            process.wait()

    def _wait_until_ready(self, process: subprocess.Popen[bytes], roles: str) -> None:
        if "listener" in roles.split(","):
            wait_for_port(self.port, _START_SECONDS, lambda: process.poll() is None)
        workers = self.setup.workers if "worker" in roles.split(",") else 0
        end = time.monotonic() + _START_SECONDS
        while len(processes.idle_workers(process.pid)) < workers or not self._opened():
            if process.poll() is not None or time.monotonic() > end:
                raise Transient("the daemon does not get ready")
            time.sleep(_LOOK_SECONDS)

    def _opened(self) -> bool:
        """Say whether the daemon has made its tables."""
        return not self.store.is_sqlite or (self.folder / "data" / "casepost.db").exists()

    def send(self, letters: Sequence[Letter], sessions: int = SESSIONS) -> float:
        """Hand mails to the listener; seconds."""
        return send(self.port, letters, sessions).seconds

    def drain(self) -> float:
        """Wait until no mail waits in the spool; the moment, by `time.perf_counter`."""
        end = time.perf_counter() + _DRAIN_SECONDS
        while time.perf_counter() < end:
            if not self._waits():
                return time.perf_counter()
            time.sleep(_LOOK_SECONDS)
        raise Transient("the spool was not emptied")

    def _waits(self) -> bool:
        with self.store.reading() as connection:
            found = connection.execute(select(spool.c.id).where(is_waiting()).limit(1))
            return found.first() is not None

    def mails(self, count: int, run: str) -> list[Letter]:
        """Give the mix; its answers are to acknowledgements of tickets that this opens."""
        first = list(seeds(count // 4 + 1, RECIPIENT, run))
        self.send(first)
        self.drain()
        asked = self._asked([one.sender for one in first])
        if len(asked) != len(first):
            raise Transient(f"{len(asked)} of {len(first)} mails were acknowledged")
        return list(mix(count, RECIPIENT, asked, run))

    def _asked(self, senders: Sequence[str]) -> list[Asked]:
        with self.store.reading() as connection:
            rows = connection.execute(
                select(outbox.c.recipient, tickets.c.number, outbox.c.message_id)
                .join(tickets, tickets.c.id == outbox.c.ticket)
                .where(outbox.c.recipient.in_(senders))
                .where(outbox.c.template == "customer/acknowledge")
            )
            return [Asked(*row) for row in rows]

    def count(self, table: Table) -> int:
        """Count a table's rows."""
        with self.store.reading() as connection:
            return connection.execute(select(func.count()).select_from(table)).scalar_one()

    def settle(self) -> None:
        """Wait until the courier has noted that everything has gone out. Raises Transient."""
        end = time.perf_counter() + _DRAIN_SECONDS
        unsent = select(outbox.c.id).where(outbox.c.state != OutboxState.SENT).limit(1)
        while time.perf_counter() < end:
            with self.store.reading() as connection:
                if connection.execute(unsent).first() is None:
                    return
            time.sleep(_LOOK_SECONDS)
        raise Transient("the outbox was not emptied")

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()


def is_new(letter: Letter) -> bool:
    """Say whether a mail of the mix opens a ticket."""
    return b"In-Reply-To" not in letter.content


@contextmanager
def stopped(pids: Sequence[int]) -> Iterator[None]:
    """Hold processes still until the block ends, so that work piles up before they begin."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def _desk(setup: Setup) -> str:
    """Give the desk of `casepost bench`, without those whom it would tell of each mail."""
    text = (Path(gateway.bench.__file__).parent / "desk.toml").read_text()
    return text if setup.agents else text.partition("[[agent]]")[0]


def _configuration(setup: Setup, port: int) -> str:
    msa = (
        f'[msa]\nhost = "127.0.0.1"\nport = {setup.msa}\ntls = "none"\n'
        f"connections = {setup.connections}\n"
        if setup.msa
        else ""
    )
    return (
        f'templates = "templates"\ndata = "data"\n[database]\nurl = "{setup.database}"\n'
        f'[[listener]]\nhost = "127.0.0.1"\nport = {port}\n'
        f"[worker]\nprocesses = {setup.workers}\n[limits]\nconnections = 500\n"
        # All this mail is one forger's, to the daemon: its answers are what is measured.
        f"[sending]\ndomain_hour = {_WITHOUT_END}\nhouse_hour = {_WITHOUT_END}\n"
        f"{msa}{setup.more}"
    )
