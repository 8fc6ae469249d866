"""Tickets of a version that kept no ledger of their time get one from their events."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from alembic import command
from sqlalchemy import Connection, select

from gateway.desk import lifecycle
from gateway.desk.ticket import Change, Event, EventKind, Stay, Ticket
from gateway.store.database import Database
from gateway.store.effects import ticket_row
from gateway.store.lookup import ticket_of
from gateway.store.migrate import configuration
from gateway.store.schema import entries, events, raw_mails, spool, ticket_defects, tickets
from lib import once
from lib.desks import ADA, DESK, JAN

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NEW_COLUMNS = frozenset(
    ("submitted_at", "stays", "first_answered_at", "alerted", "timezone", "product", "dates")
) | {"suggested"}


def happened(*more: Event) -> list[Event]:
    """Give the events of a case that began as cases do."""
    opening = lifecycle.Opening("It stays white", JAN, "en", answerable=True)
    return [lifecycle.opened(DESK, opening, START), *more]


def changed(hours: int, field: str, value: str) -> Event:
    """Give an event that changes one field."""
    return Event(EventKind.CHANGED, START + hours * HOUR, ADA, "", (Change(field, value),))


CASES = (
    happened(),
    happened(
        changed(1, "status", "Answered"),
        changed(2, "answered", ADA),
        changed(3, "status", "Answered"),
        changed(4, "answered", ADA),
        changed(5, "defect", "Bug-7 "),
        changed(6, "status", "Done"),
    ),
    happened(changed(1, "is_work", "no"), changed(2, "is_work", "yes")),
)


def test_tickets_that_are_there_get_their_ledger(tmp_path: Path, database_url: str) -> None:
    """It is what the events fold to; the clock begins with the mail that opened the case."""
    database = Database(database_url, tmp_path)
    with database.writing() as connection:
        command.upgrade(configuration(connection), "0004")
    folded = [_folded(number, happened) for number, happened in enumerate(CASES, 1)]
    _keep(database, folded)

    once.really_migrate(database)

    with database.reading() as connection:
        rows = connection.execute(select(tickets).order_by(tickets.c.id)).all()
        defects = connection.execute(select(ticket_defects)).all()
    first, second, third = (ticket_of(row) for row in rows)
    database.close()
    assert [ticket.stays for ticket in folded] == [one.stays for one in (first, second, third)]
    assert (Stay("New", START),) == first.stays
    assert ("New", "Answered", "Done") == tuple(stay.status for stay in second.stays)
    assert [None, START + 2 * HOUR, None] == [
        one.first_answered_at for one in (first, second, third)
    ]
    # The mail of the first was taken in a minute before; the third became work after two hours.
    assert [START - timedelta(minutes=1), START, START + 2 * HOUR] == [
        one.submitted_at for one in (first, second, third)
    ]
    assert [("bug-7", 2)] == [tuple(row) for row in defects]


def _folded(number: int, happened: list[Event]) -> Ticket:
    return lifecycle.fold(lifecycle.blank(number, f"NO-{number}", "north", START), happened)


def _keep(database: Database, folded: list[Ticket]) -> None:
    """Write tickets as a version wrote them that knew nothing of ledgers."""
    with database.writing() as connection:
        for ticket, changes in zip(folded, CASES, strict=True):
            row = {key: v for key, v in ticket_row(ticket).items() if key not in NEW_COLUMNS}
            connection.execute(tickets.insert(), row)
            for version, event in enumerate(changes, 1):
                connection.execute(
                    events.insert(),
                    {
                        "ticket": ticket.id,
                        "version": version,
                        "at": event.at,
                        "kind": event.kind.value,
                        "actor": event.actor,
                        "why": event.why,
                        "changes": [[change.field, change.value] for change in event.changes],
                    },
                )
        _keep_mail(connection, 1, START - timedelta(minutes=1))


def _keep_mail(connection: Connection, ticket: int, received_at: datetime) -> None:
    """Write the mail that opened a ticket, with its entry."""
    connection.execute(raw_mails.insert(), {"sha256": "0" * 64, "size": 1, "content": b"x"})
    connection.execute(
        spool.insert(),
        {
            "id": 1,
            "delivery_key": "k",
            "source": "smtp",
            "raw": "0" * 64,
            "recipient": "help@north.example",
            "peer": "",
            "helo": "",
            "tls": False,
            "quiet": False,
            "message_id": "",
            "received_at": received_at,
            "day": "2026-03-02",
            "state": "filed",
        },
    )
    connection.execute(
        entries.insert(),
        {
            "id": 1,
            "ticket": ticket,
            "spool": 1,
            "at": received_at,
            "kind": "customer",
            "direction": "in",
            "author": JAN,
            "text": "It stays white.",
            "folds": [],
            "attachments": [],
            "automatic": False,
            "internal": False,
        },
    )
