"""Outgoing mails for tests: an outbox with something in it, and a look at what became of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select

from gateway.desk.ticket import Direction, Entry, EntryKind
from gateway.store.database import Database, insert
from gateway.store.migrate import migrate
from gateway.store.outbox import ClaimedMail, Outgoing, row_of
from gateway.store.schema import outbox, tickets

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
RECIPIENT = "jan@klant.example"


@contextmanager
def database_at(url: str, folder: Path) -> Iterator[Database]:
    """Open a database with all its tables."""
    database = Database(url, folder)
    try:
        migrate(database)
        yield database
    finally:
        database.close()


def content_of(number: int) -> bytes:
    """Give the bytes of outgoing mail `number`, with a line that begins with a dot."""
    return (
        f"From: help@desk.example\r\nTo: {RECIPIENT}\r\nMessage-ID: <cp.{number}@desk.example>\r\n"
        f"Subject: Mail {number}\r\n\r\nHello\r\n.\r\n..two\r\n.end {number}\r\n"
    ).encode()


def claimed(number: int = 1, **fields: Any) -> ClaimedMail:  # noqa: ANN401  any field
    """Make a mail as a courier has it in hand."""
    usual: dict[str, Any] = {
        "id": number,
        "epoch": 1,
        "recipient": RECIPIENT,
        "reverse_path": "",
        "message_id": f"<cp.{number}@desk.example>",
        "content": content_of(number),
        "automatic": True,
        "attempts": 1,
        "uncertain_times": 0,
        "queued_at": START,
    }
    return ClaimedMail(**{**usual, **fields})


def queue(database: Database, *numbers: int, at: datetime = START, **fields: object) -> None:
    """Queue mails at a time, automatic ones unless said otherwise."""
    with database.writing() as connection:
        connection.execute(insert(connection, tickets).on_conflict_do_nothing(), _TICKET)
        for number in numbers:
            mail = Outgoing(
                id=number,
                ticket=1,
                template="customer/acknowledge",
                recipient=RECIPIENT,
                reverse_path="",
                message_id=f"<cp.{number}@desk.example>",
                content=content_of(number),
                automatic=True,
                queued_at=at,
                entry_id=number,
                entry=Entry(EntryKind.AUTOMATIC_ANSWER, Direction.OUT, at, "", ""),
            )
            connection.execute(insert(connection, outbox), {**row_of(mail), **fields})


def row(database: Database, number: int) -> Row[Any]:
    """Give the row of an outgoing mail."""
    with database.reading() as connection:
        return connection.execute(select(outbox).where(outbox.c.id == number)).one()


def states(database: Database) -> dict[int, str]:
    """Give the state of each outgoing mail."""
    with database.reading() as connection:
        rows = connection.execute(select(outbox.c.id, outbox.c.state).order_by(outbox.c.id))
        return {found.id: found.state for found in rows}


_TICKET = {
    "id": 1,
    "number": "T-0001",
    "desk": "one",
    "subject": "Question",
    "type": "",
    "severity": "",
    "status": "New",
    "phase": "open",
    "requester": RECIPIENT,
    "participants": [],
    "assignee": "",
    "language": "en",
    "opened_at": START,
    "since": START,
    "fired": [],
    "answerable": True,
    "updated_at": START,
    "version": 1,
}
