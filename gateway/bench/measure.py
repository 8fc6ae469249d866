"""Measuring: a daemon of its own in a temporary folder, the mix, and the bare server beside it."""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import func, select

from gateway.bench.client import Sent, send
from gateway.bench.mix import Asked, mix, seeds
from gateway.errors import Transient
from gateway.ports import free_port, wait_for_port
from gateway.store.database import Database
from gateway.store.schema import outbox, spool, tickets
from gateway.store.spool import State
from gateway.templates import shipped_folder

_RECIPIENT = "support@sla-priorities.example"
_START_SECONDS = 60.0
_DRAIN_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Figures:
    """Mails per second, medians over the rounds; ratios are to the bare server of the same round.

    Latencies are seconds from the final dot to its reply.
    """

    mails: int
    sessions: int
    rounds: int
    database: str
    accepted_per_second: float
    filed_per_second: float
    acknowledged_per_second: float
    bare_per_second: float
    accepted_ratio: float
    filed_ratio: float
    acknowledged_ratio: float
    latency_median: float
    latency_p99: float

    def plain(self) -> dict[str, object]:
        """Give the figures for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Round:
    accepted: float
    filed: float
    acknowledged: float
    bare: float
    latencies: tuple[float, ...]


def measure(
    mails: int, sessions: int, rounds: int, database: str, progress: Callable[[str], None]
) -> Figures:
    """Run the benchmark. Raises Transient when a server does not do what it should."""
    with tempfile.TemporaryDirectory(prefix="casepost-bench-") as folder:
        results = _rounds(Path(folder), mails, sessions, rounds, database, progress)
    latencies = sorted(latency for result in results for latency in result.latencies)

    def median(figure: Callable[[_Round], float]) -> float:
        return round(statistics.median(figure(result) for result in results), 3)

    return Figures(
        mails=mails,
        sessions=sessions,
        rounds=rounds,
        database=database.partition(":")[0],
        accepted_per_second=median(lambda r: r.accepted),
        filed_per_second=median(lambda r: r.filed),
        acknowledged_per_second=median(lambda r: r.acknowledged),
        bare_per_second=median(lambda r: r.bare),
        accepted_ratio=median(lambda r: r.accepted / r.bare),
        filed_ratio=median(lambda r: r.filed / r.bare),
        acknowledged_ratio=median(lambda r: r.acknowledged / r.bare),
        latency_median=round(statistics.median(latencies), 4),
        latency_p99=round(latencies[int(len(latencies) * 0.99)], 4),
    )


def _rounds(
    folder: Path,
    mails: int,
    sessions: int,
    rounds: int,
    database: str,
    progress: Callable[[str], None],
) -> list[_Round]:
    port, bare_port = free_port(), free_port()
    path = _house(folder, port, database)
    daemon = [sys.executable, "-m", "gateway.cli", "run", "--config", str(path)]
    daemon += ["--only", "listener,worker"]
    bare = [sys.executable, "-m", "gateway.bench.bare", str(bare_port)]
    with _running(daemon, port, folder / "log"), _running(bare, bare_port, folder / "bare"):
        store = Database(database, folder / "data")
        results = []
        for number in range(rounds):
            progress(f"round {number + 1} of {rounds}")
            results.append(_round(store, mails, sessions, (port, bare_port), f"r{number}"))
        store.close()
    return results


def _round(store: Database, mails: int, sessions: int, ports: tuple[int, int], run: str) -> _Round:
    """Send the mix to Casepost and to the bare server, one after the other."""
    asked = _ask(store, mails // 4 + 1, sessions, ports[0], run)
    letters = list(mix(mails, _RECIPIENT, asked, run))
    before = _acknowledged(store)
    begin = time.perf_counter()
    sent = send(ports[0], letters, sessions)
    filed = _drained(store) - begin
    expected = mails - sum(1 for letter in letters if letter.content.find(b"In-Reply-To") >= 0)
    if _acknowledged(store) - before != expected:
        message = f"{_acknowledged(store) - before} mails were acknowledged, not {expected}"
        raise Transient(message)
    bare: Sent = send(ports[1], letters, sessions)
    return _Round(
        accepted=mails / sent.seconds,
        filed=mails / filed,
        acknowledged=expected / filed,
        bare=mails / bare.seconds,
        latencies=sent.latencies,
    )


def _ask(store: Database, count: int, sessions: int, port: int, run: str) -> list[Asked]:
    """Open tickets whose acknowledgements the mix can answer."""
    send(port, list(seeds(count, _RECIPIENT, run)), sessions)
    _drained(store)
    with store.reading() as connection:
        rows = connection.execute(
            select(outbox.c.recipient, tickets.c.number, outbox.c.message_id)
            .join(tickets, tickets.c.id == outbox.c.ticket)
            .where(outbox.c.recipient.startswith(f"asker-{run}-"))
        )
        return [Asked(*row) for row in rows]


def _acknowledged(store: Database) -> int:
    with store.reading() as connection:
        return connection.execute(select(func.count()).select_from(outbox)).scalar_one()


def _drained(store: Database) -> float:
    """Wait until no mail waits in the spool; give the moment."""
    deadline = time.perf_counter() + _DRAIN_SECONDS
    while time.perf_counter() < deadline:
        with store.reading() as connection:
            waiting = select(spool.c.id).where(spool.c.state == State.WAITING).limit(1)
            if connection.execute(waiting).first() is None:
                return time.perf_counter()
        time.sleep(0.005)
    message = "the spool was not emptied"
    raise Transient(message)


def _house(folder: Path, port: int, database: str) -> Path:
    """Write the configuration of the benchmark's daemon, with the shipped desks."""
    shutil.copytree(shipped_folder().parent / "config" / "desks", folder / "desks")
    path = folder / "casepost.toml"
    path.write_text(
        f'templates = "templates"\ndata = "data"\n[database]\nurl = "{database}"\n'
        f'[[listener]]\nhost = "127.0.0.1"\nport = {port}\n'
        "[limits]\nconnections = 500\n"
    )
    (folder / "templates").mkdir()
    return path


@contextmanager
def _running(command: Sequence[str], port: int, log: Path) -> Iterator[None]:
    """Run a server in a process of its own until the block ends."""
    with log.open("wb") as file:
        process = subprocess.Popen(  # noqa: S603  our own program
            command, stdin=subprocess.PIPE, stdout=file, stderr=file
        )
    try:
        wait_for_port(port, _START_SECONDS, lambda: process.poll() is None)
        yield
    except Transient as error:
        lines = log.read_text(errors="replace").splitlines()[-5:]
        raise Transient("\n".join([str(error), *lines])) from error
    finally:
        process.terminate()
        process.communicate()
