"""Which tickets are about a defect, and who was told that it is fixed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, text

from gateway.config.desk import Phase
from gateway.desk.defects import key_of
from gateway.desk.ticket import Ticket
from gateway.store.conflict import expect
from gateway.store.database import insert
from gateway.store.lookup import ticket_of
from gateway.store.portions import portions
from gateway.store.schema import defect_notices, ticket_defects, tickets

_HAS_PARENT = text("parent <> 0")  # as its index has it


@dataclass(frozen=True, slots=True)
class Recorded:
    """A defect of a desk: its number and URL as recorded last, and the numbers of its cases.

    So many people were `told` that it is fixed, the last of them at `told_at`.
    """

    desk: str
    number: str
    url: str
    cases: tuple[str, ...]
    told: int
    told_at: datetime | None


def enter(connection: Connection, rows: Iterable[tuple[int, str]]) -> None:
    """Note which tickets are about which defects, by their numbers as they are written."""
    listed = sorted({(key_of(number), ticket) for ticket, number in rows})
    if listed:
        connection.execute(
            insert(connection, ticket_defects).on_conflict_do_nothing(),
            [{"number": number, "ticket": ticket} for number, ticket in listed],
        )


def desks_with(connection: Connection, number: str) -> tuple[str, ...]:
    """Give the names of the desks that have tickets about a defect."""
    rows = connection.execute(
        select(tickets.c.desk)
        .join(ticket_defects, ticket_defects.c.ticket == tickets.c.id)
        .where(ticket_defects.c.number == key_of(number))
        .distinct()
        .order_by(tickets.c.desk)
    )
    return tuple(rows.scalars())


def tickets_about(connection: Connection, desk: str, number: str) -> tuple[int, ...]:
    """Give the ids of a desk's tickets about a defect, with the reports of incidents about it.

    First those that are still to be worked on, last those that were merged into another one; of
    these the newest first.
    """
    columns = (tickets.c.id, tickets.c.phase, tickets.c.merged_into)
    own = select(*columns).join(ticket_defects, ticket_defects.c.ticket == tickets.c.id)
    about = own.where(ticket_defects.c.number == key_of(number), tickets.c.desk == desk)
    found = {row.id: row for row in connection.execute(about)}
    for some in portions(list(found)):
        reports = select(*columns).where(_HAS_PARENT, tickets.c.parent.in_(some))
        found |= {row.id: row for row in connection.execute(reports)}
    ordered = sorted(
        found.values(),
        key=lambda row: (row.merged_into != 0, row.phase == Phase.CLOSED.value, -row.id),
    )
    return tuple(row.id for row in ordered)


def load(connection: Connection, ids: Sequence[int]) -> tuple[Ticket, ...]:
    """Give tickets in the order of these ids."""
    rows = connection.execute(select(tickets).where(tickets.c.id.in_(ids)))
    found = {row.id: ticket_of(row) for row in rows}
    return tuple(found[one] for one in ids if one in found)


def told(connection: Connection, desk: str, number: str) -> frozenset[str]:
    """Give the addresses that were told that a defect is fixed."""
    rows = connection.execute(
        select(defect_notices.c.recipient).where(
            defect_notices.c.desk == desk, defect_notices.c.number == key_of(number)
        )
    )
    return frozenset(rows.scalars())


def note_told(
    connection: Connection,
    desk: str,
    number: str,
    recipients: Sequence[tuple[str, int]],
    now: datetime,
) -> None:
    """Note who is told, each with the ticket by which.

    Raises Conflict if one of them was told meanwhile.
    """
    entered = connection.execute(
        insert(connection, defect_notices)
        .on_conflict_do_nothing()
        .execution_options(preserve_rowcount=True),
        [
            {"desk": desk, "number": key_of(number), "recipient": one, "ticket": ticket, "at": now}
            for one, ticket in recipients
        ],
    )
    expect(entered.rowcount, len(recipients), "somebody was told of the fix meanwhile")


def recorded(connection: Connection) -> tuple[Recorded, ...]:
    """Give all defects that tickets are about, by desk and number."""
    notices = {
        (row.desk, row.number): (row.told, row.told_at)
        for row in connection.execute(
            select(
                defect_notices.c.desk,
                defect_notices.c.number,
                func.count().label("told"),
                func.max(defect_notices.c.at).label("told_at"),
            ).group_by(defect_notices.c.desk, defect_notices.c.number)
        )
    }
    rows = connection.execute(
        select(
            tickets.c.desk,
            ticket_defects.c.number.label("key"),
            tickets.c.number.label("case"),
            tickets.c.defects,
        )
        .join(tickets, tickets.c.id == ticket_defects.c.ticket)
        .order_by(tickets.c.desk, ticket_defects.c.number, tickets.c.id)
    )
    found: dict[tuple[str, str], Recorded] = {}
    for row in rows:
        before = found.get((row.desk, row.key))
        own = ((number, url) for number, url in row.defects if key_of(number) == row.key)
        number, url = next(own, (row.key, ""))
        cases = (*(before.cases if before else ()), row.case)
        count, at = notices.get((row.desk, row.key), (0, None))
        found[row.desk, row.key] = Recorded(row.desk, number, url, cases, count, at)
    return tuple(found.values())
