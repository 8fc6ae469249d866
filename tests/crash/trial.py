"""One run: a daemon at work, a kill, a new start, and a comparison of all that is known."""

import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import and_, func, select
from sqlalchemy.exc import DBAPIError

from crash import tracing
from crash.forked import COUNT, COUNTED, GO, HOLD
from crash.letters import by_clients, in_mailboxes
from crash.life import FUSE_FILE, Known, Life, lives
from crash.outcome import Outcome, outcome_of
from crash.points import DAEMON, WORKER, Point, ids_of, reached, role_of
from crash.scene import Places, Scene
from crash.tracing import Whom
from crash.world import Clients, Mailboxes, Msa
from gateway.errors import Transient
from gateway.store.database import Database
from gateway.store.schema import imap_uids, outbox, spool, timers
from lib.reckoning import Delivery, Finding, Kind, Reckoning, reckon
from servers import process

_DRAIN_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of a run: whether the kill happened, and what was wrong afterwards."""

    killed: bool
    findings: tuple[Finding, ...]
    uncertain: int
    outcome: Outcome
    seconds: float


@dataclass(frozen=True, slots=True)
class Counted:
    """How often each named point was reached, and each system call made by a thread of a role."""

    named: Counter[str]
    calls: Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Around:
    """What a run has around it."""

    scene: Scene
    places: Places
    mailboxes: Mailboxes
    msa: Msa
    nursery: str
    breakage: str = ""


class Trial:
    """A run in a folder of its own."""

    def __init__(self, folder: Path, around: Around) -> None:
        """Copy the house; nothing runs yet."""
        self.folder = folder
        self._around = around
        around.msa.empty()
        self._configuration = around.scene.copy_to(folder / "house", around.places)
        data = self._configuration.parent / "data"
        self._database = Database(around.places.url, data, looks_only=True)
        self._clients = Clients(around.places.smtp, by_clients(around.scene.before))
        self._put: list[Delivery] = []
        self._straces: list[tracing.Strace] = []
        self._roles: dict[int, str] = {}
        self._victims: list[int] = []

    def run(self, point: Point | None) -> Ended:
        """Let it work, kill it at a point, start it again; without a point it only works."""
        began = time.monotonic()
        self._around.mailboxes.open()
        findings = []
        killed = False
        try:
            killed, status = self._first_life(point)
            if status:
                status = self._life(None, lambda: False)
            if status:
                findings.append(Finding(Kind.ODD, f"the daemon ended with status {status}"))
        except TimeoutError as error:
            findings.append(Finding(Kind.ODD, str(error)))
        finally:
            self._clients.stop()
            for strace in self._straces:
                strace.stop()
        reckoning, outcome = self._compared(), outcome_of(self._database)
        self._around.mailboxes.close()
        self._database.close()
        seconds = time.monotonic() - began
        return Ended(
            killed, (*findings, *reckoning.findings), reckoning.uncertain, outcome, seconds
        )

    def counted(self) -> Counted:
        """Give what was counted in a run whose point was COUNT."""
        trace = self.folder / "trace"
        calls = tracing.counted(trace, self._roles, DAEMON) if trace.exists() else Counter()
        return Counted(reached(self.folder / COUNTED), calls)

    def _first_life(self, point: Point | None) -> tuple[bool, int]:
        """Run until it is killed or ends by itself: whether it was killed, and how it ended."""
        fuse = self.folder / FUSE_FILE

        def hit() -> bool:
            return fuse.exists() or any(not lives(pid) for pid in self._victims)

        status = self._life(point, hit)
        if point is None or point.name == COUNT:
            return False, status
        return status == -signal.SIGKILL or hit(), status

    def _life(self, point: Point | None, hit: Callable[[], bool]) -> int:
        """Start a daemon, give it all that is to be done, and see to its end; how it ended."""
        held = point is not None and point.first_start and self._is_traced(point)
        if held:
            (self.folder / HOLD).touch()
        around = self._around
        life = Life(around.nursery, self.folder, self._configuration, point, around.breakage)
        try:
            if held and point is not None:
                self._trace(point, Whom((life.pid,), all_threads=True))
                life.release()
            known = life.known()
            if known is not None and point is not None and not held and self._is_traced(point):
                self._trace_known(point, life.pid, known)
            self._begin()
            whole_group = point is not None and point.group
            self._see_it_through(life, hit, whole_group=whole_group)
            status = life.stop()
        finally:
            life.kill()
        # Another test on this machine was there; a service manager would start it again, too.
        return self._life(point, hit) if life.found_its_port_taken() else status

    def _is_traced(self, point: Point) -> bool:
        counting = point.name == COUNT and self._around.places.url.startswith("sqlite")
        return bool(point.role) or counting

    def _trace_known(self, point: Point, pid: int, known: Known) -> None:
        """Look at the threads that a point is about, or at all to count their calls."""
        self._roles = {number: role_of(name) for name, number in known.threads.items()}
        self._roles = {number: role for number, role in self._roles.items() if role}
        self._roles |= dict.fromkeys(known.workers, WORKER)
        if point.name == COUNT:
            self._trace(point, Whom((pid, *known.workers), all_threads=True))
            return
        ids = ids_of(point.role, pid, known.threads, known.workers)
        self._trace(point, Whom(tuple(ids), all_threads=point.role in {DAEMON, WORKER}))
        self._victims = known.workers if point.role == WORKER else [pid]

    def _trace(self, point: Point, whom: Whom) -> None:
        output = self.folder / "trace"
        if point.name == COUNT:
            self._straces.append(tracing.counting(whom, output))
        else:
            self._straces.append(tracing.killing(whom, point.name, point.number, output))

    def _begin(self) -> None:
        """Let timers fire and mail come, unless they do already."""
        if not (self.folder / GO).exists():
            (self.folder / GO).touch()
            self._put = [self._around.mailboxes.put(letter) for letter in in_mailboxes()]
            self._clients.start()

    def _see_it_through(self, life: Life, hit: Callable[[], bool], *, whole_group: bool) -> None:
        """Wait until nothing is left to do, or the daemon is dead. Raises TimeoutError."""

        def over() -> bool:
            if whole_group and hit():
                life.kill()
            return life.status is not None or self._is_quiet()

        process.wait_until(over, seconds=_DRAIN_SECONDS, what="all mail has come, and gone")

    def _is_quiet(self) -> bool:
        """Say whether all mail came, was filed, was marked, and went; and no timer is due."""
        if not self._clients.done:
            return False
        waiting = select(func.count()).where(spool.c.state == "waiting").scalar_subquery()
        unsent = select(func.count()).where(outbox.c.settled_at.is_(None)).scalar_subquery()
        due = select(func.count()).where(timers.c.due_at <= datetime.now(UTC)).scalar_subquery()
        known = and_(imap_uids.c.spool.is_not(None), imap_uids.c.marked)
        marked = select(func.count()).where(known).scalar_subquery()
        try:
            with self._database.reading() as connection:
                found = connection.execute(select(waiting, unsent, due, marked)).one()
        except (Transient, DBAPIError):
            return False
        return tuple(found) == (0, 0, 0, len(self._put))

    def _compared(self) -> Reckoning:
        """Compare what everybody outside knows with the database."""
        scene = self._around.scene
        accepted = [*scene.accepted, *self._clients.accepted, *self._put]
        handed = [*scene.handed, *self._around.msa.empty()]
        found = reckon(self._database, accepted, handed)
        left = [Finding(Kind.ODD, sentence) for sentence in self._around.mailboxes.left()]
        return Reckoning((*found.findings, *left), found.uncertain)
