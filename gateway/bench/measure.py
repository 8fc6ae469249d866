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
from gateway.config.load import load
from gateway.errors import Transient
from gateway.ports import free_port, wait_for_port
from gateway.store.database import Database
from gateway.store.schema import outbox, spool, tickets
from gateway.store.spool import State

_START_SECONDS = 60.0
_WITHOUT_END = 1_000_000_000
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


@dataclass(frozen=True, slots=True)
class _Rig:
    """What a round works with: a daemon with its database, and the bare server beside it."""

    store: Database
    recipient: str
    port: int
    bare_port: int
    mails: int
    sessions: int


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
    daemon = [sys.executable, "-P", "-m", "gateway.cli", "run", "--config", str(path)]
    daemon += ["--only", "listener,worker"]
    bare = [sys.executable, "-P", "-m", "gateway.bench.bare", str(bare_port)]
    with _running(daemon, port, folder / "log"), _running(bare, bare_port, folder / "bare"):
        store = Database(database, folder / "data")
        rig = _Rig(store, load(path).desks[0].address, port, bare_port, mails, sessions)
        results = []
        for number in range(rounds):
            progress(f"round {number + 1} of {rounds}")
            results.append(_round(rig, f"r{number}"))
        store.close()
    return results


def _round(rig: _Rig, run: str) -> _Round:
    """Send the mix to Casepost and to the bare server, one after the other."""
    letters = list(mix(rig.mails, rig.recipient, _ask(rig, run), run))
    before = _acknowledged(rig.store)
    begin = time.perf_counter()
    sent = send(rig.port, letters, rig.sessions)
    filed = _drained(rig.store) - begin
    expected = sum(b"In-Reply-To" not in letter.content for letter in letters)
    acknowledged = _acknowledged(rig.store) - before
    if acknowledged != expected:
        raise Transient(f"{acknowledged} mails were acknowledged, not {expected}")
    bare: Sent = send(rig.bare_port, letters, rig.sessions)
    return _Round(
        accepted=rig.mails / sent.seconds,
        filed=rig.mails / filed,
        acknowledged=expected / filed,
        bare=rig.mails / bare.seconds,
        latencies=sent.latencies,
    )


def _ask(rig: _Rig, run: str) -> list[Asked]:
    """Open tickets whose acknowledgements the mix can answer."""
    letters = list(seeds(rig.mails // 4 + 1, rig.recipient, run))
    send(rig.port, letters, rig.sessions)
    _drained(rig.store)
    with rig.store.reading() as connection:
        rows = connection.execute(
            select(outbox.c.recipient, tickets.c.number, outbox.c.message_id)
            .join(tickets, tickets.c.id == outbox.c.ticket)
            .where(outbox.c.recipient.in_([letter.sender for letter in letters]))
        )
        return [Asked(*row) for row in rows]


def _acknowledged(store: Database) -> int:
    with store.reading() as connection:
        acknowledged = outbox.c.template == "customer/acknowledge"
        query = select(func.count()).select_from(outbox).where(acknowledged)
        return connection.execute(query).scalar_one()


def _drained(store: Database) -> float:
    """Wait until no mail waits in the spool; give the moment."""
    deadline = time.perf_counter() + _DRAIN_SECONDS
    while time.perf_counter() < deadline:
        with store.reading() as connection:
            waiting = select(spool.c.id).where(spool.c.state == State.WAITING).limit(1)
            if connection.execute(waiting).first() is None:
                return time.perf_counter()
        time.sleep(0.005)
    raise Transient("the spool was not emptied")


def _house(folder: Path, port: int, database: str) -> Path:
    """Write the configuration of the benchmark's daemon, with a desk of its own."""
    (folder / "desks").mkdir()
    shutil.copy(Path(__file__).with_name("desk.toml"), folder / "desks")
    path = folder / "casepost.toml"
    path.write_text(
        f'templates = "templates"\ndata = "data"\n[database]\nurl = "{database}"\n'
        f'[[listener]]\nhost = "127.0.0.1"\nport = {port}\n'
        "[limits]\nconnections = 500\n"
        # All this mail is one forger's, to the daemon: its answers are what is measured.
        f"[sending]\ndomain_hour = {_WITHOUT_END}\nhouse_hour = {_WITHOUT_END}\n"
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
