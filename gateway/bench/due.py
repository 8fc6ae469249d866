"""What timers cost among many tickets that wait: to find those that are due, and to renew them."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from gateway import agenda
from gateway.bench.crowd import SPACING, TOGETHER, aside, waiting
from gateway.desk.decision import Touched
from gateway.desk.lifecycle import customer_wrote, fold
from gateway.desk.timers import timers
from gateway.errors import Transient
from gateway.house import House
from gateway.store import diary
from gateway.store.effects import Effects, write_effects
from gateway.store.schema import tickets

FEW = 1000
"""Many tickets are compared with so many."""
_SWEEPS = 5
# Nothing changes when it is only looked what is due.
_LOOKS = 3
_RENEWALS = 200


@dataclass(frozen=True, slots=True)
class Costs:
    """Seconds of each time that something was done.

    `found` is to find the due tickets of a sweep, TOGETHER of them, and `swept` is the whole sweep
    with all that they lead to. `renewed` is to write what a mail does to a ticket with three
    timers, and `renewed_among_few` the same where there are few tickets.
    """

    found: tuple[float, ...]
    swept: tuple[float, ...]
    renewed: tuple[float, ...]
    renewed_among_few: tuple[float, ...]

    def plain(self) -> dict[str, object]:
        """Give the figures for JSON: medians in seconds, and the ratio."""
        return {
            "found": TOGETHER,
            "found_seconds": round(statistics.median(self.found), 4),
            "swept_seconds": round(statistics.median(self.swept), 4),
            "renewed_seconds": round(statistics.median(self.renewed), 5),
            "renewed_ratio": round(self.ratio, 3),
        }

    @property
    def ratio(self) -> float:
        """Say how many times as much a mail's timers cost among many tickets as among few."""
        return statistics.median(self.renewed) / statistics.median(self.renewed_among_few)


def measure_among(tickets_waiting: int, database: str) -> Costs:
    """Measure by the clock on the wall; `database` is SQLAlchemy's URL of a place to work in.

    Raises Transient when a sweep does not find what is due.
    """
    now = datetime.now(UTC)
    with (
        tempfile.TemporaryDirectory(prefix="casepost-bench-") as folder,
        few_and_many(Path(folder), database, FEW, tickets_waiting, now) as (few, many),
    ):
        return measure(few, many, now, time.perf_counter)


@contextmanager
def few_and_many(
    folder: Path, database: str, few: int, many: int, now: datetime
) -> Iterator[tuple[House, House]]:
    """Open two houses with so many tickets each, in one empty database if it is PostgreSQL's."""
    with ExitStack() as stack:
        opened = []
        for name, count in (("few", few), ("many", many)):
            url = stack.enter_context(aside(database, f"waiting_{name}"))
            opened.append(stack.enter_context(waiting(folder / name, url, count, now)))
        yield opened[0], opened[1]


def measure(few: House, many: House, start: datetime, clock: Callable[[], float]) -> Costs:
    """Measure in both houses by turns, so that what else the machine does is in both.

    `clock` gives seconds. Raises Transient when a sweep does not find what is due.
    """
    found, swept = [], []
    for place in range(_SWEEPS):
        for _ in range(_LOOKS):
            begin = clock()
            _find(many, start + place * SPACING)
            found.append(clock() - begin)
        begin = clock()
        _sweep(many, start + place * SPACING)
        swept.append(clock() - begin)
    later = start + _SWEEPS * SPACING
    among_few, among_many = [], []
    for one_of_few, one_of_many in zip(_untouched(few), _untouched(many), strict=True):
        begin = clock()
        _renew(few, one_of_few, later)
        among_few.append(clock() - begin)
        begin = clock()
        _renew(many, one_of_many, later)
        among_many.append(clock() - begin)
    return Costs(tuple(found), tuple(swept), tuple(among_many), tuple(among_few))


def _find(house: House, now: datetime) -> None:
    addresses = {desk.name: desk.addresses for desk in house.desks}
    with house.database.reading() as connection:
        due = diary.appointments(connection, addresses, now, 2 * TOGETHER)
    if len(due) != TOGETHER:
        raise Transient(f"{len(due)} tickets are due, not {TOGETHER}")


def _sweep(house: House, now: datetime) -> None:
    fired = agenda.sweep(house, now)
    if fired != TOGETHER:
        raise Transient(f"{fired} timers fired, not {TOGETHER}")


def _untouched(house: House) -> list[int]:
    """Give the ids of tickets with all their timers, from all over the table."""
    with house.database.reading() as connection:
        query = select(tickets.c.id).where(tickets.c.version == 1).order_by(tickets.c.id)
        ids = list(connection.execute(query).scalars())
    return ids[:: len(ids) // _RENEWALS][:_RENEWALS]


def _renew(house: House, ticket_id: int, now: datetime) -> None:
    """Write what a customer's mail does to a ticket that goes on waiting; no flush to the disk."""
    with house.database.writing(durable=False) as connection:
        (ticket,) = diary.lock(connection, [ticket_id])
        (desk,) = house.desks
        events = customer_wrote(desk, ticket, ticket.requester, now, answerable=True)
        after = fold(ticket, events)
        write_effects(
            connection, [Effects(Touched(ticket, events), after, timers(after, desk), ())]
        )
