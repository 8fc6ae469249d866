"""What the store knows about mails that are to be decided: the one read of a mail's way.

A handful of queries for a whole batch, on one snapshot, each by an index.
"""

import dataclasses
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, or_, select

from gateway.config.desk import Phase
from gateway.desk.model import Known, KnownId, Person, Ticket
from gateway.mail.model import Clues
from gateway.store import directory
from gateway.store.schema import fingerprints, message_ids, spool, tickets
from gateway.store.spool import is_waiting

_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about one mail; `author` is a canonical address, or ""."""

    spool_id: int
    desk: str
    clues: Clues
    author: str
    fingerprint: str
    received_at: datetime

    @property
    def ids(self) -> tuple[str, ...]:
        """Give all message ids that the mail names."""
        return (*(issued.message_id for issued in self.clues.issued), *self.clues.references)


def look_up(connection: Connection, questions: Sequence[Question]) -> tuple[Known, ...]:
    """Answer the questions, in their order."""
    ids = _ids(connection, {i for q in questions for i in q.ids})
    found = _tickets(
        connection,
        {known.ticket for knowns in ids.values() for known in knowns},
        {number for q in questions for number in q.clues.numbers},
    )
    people = directory.find(connection, {q.author for q in questions if q.author})
    originals = _originals(connection, questions)
    waiting = _waiting(connection, {i for q in questions for i in q.ids})
    return tuple(_known(q, ids, found, people, originals, waiting) for q in questions)


def _known(
    question: Question,
    ids: dict[str, list[KnownId]],
    found: Sequence[Ticket],
    people: dict[str, Person],
    originals: dict[tuple[str, str], Row[tuple[object, ...]]],
    waiting: dict[str, int],
) -> Known:
    own_ids = tuple(known for i in question.ids for known in ids.get(i, ()))
    named = {known.ticket for known in own_ids}
    original = originals.get((question.desk, question.fingerprint))
    if original is not None and _is_over(original, question):
        original = None
    earlier = [
        waiting[i] for i in question.ids if waiting.get(i, question.spool_id) < question.spool_id
    ]
    return Known(
        tickets=tuple(t for t in found if t.id in named or t.number in question.clues.numbers),
        ids=own_ids,
        person=people.get(question.author),
        duplicate_of=original.spool if original is not None else None,
        waits_for=min(earlier, default=None),
    )


def _is_over(original: Row[tuple[object, ...]], question: Question) -> bool:
    """Say whether a fingerprint counts no longer, or is the mail's own."""
    if original.spool == question.spool_id:
        return True
    return original.expires_at is not None and original.expires_at <= question.received_at


def _ids(connection: Connection, wanted: Collection[str]) -> dict[str, list[KnownId]]:
    found: dict[str, list[KnownId]] = {}
    for some in _portions(wanted):
        rows = connection.execute(
            select(message_ids)
            .where(message_ids.c.message_id.in_(some))
            .order_by(message_ids.c.ticket.desc())
        )
        for row in rows:
            known = KnownId(row.message_id, row.ticket, row.given_to)
            found.setdefault(row.message_id, []).append(known)
    return found


def _portions(wanted: Collection[str]) -> Iterator[list[str]]:
    """Give as many at once as either database takes as parameters of one statement."""
    listed = list(wanted)
    for start in range(0, len(listed), _AT_ONCE):
        yield listed[start : start + _AT_ONCE]


def _tickets(
    connection: Connection, ids: Collection[int], numbers: Collection[str]
) -> tuple[Ticket, ...]:
    if not ids and not numbers:
        return ()
    rows = connection.execute(
        select(tickets).where(or_(tickets.c.id.in_(ids), tickets.c.number.in_(numbers)))
    )
    return tuple(ticket_of(row) for row in rows)


def ticket_of(row: Row[tuple[object, ...]]) -> Ticket:
    """Make a ticket of its row."""
    values = {field.name: getattr(row, field.name) for field in dataclasses.fields(Ticket)}
    return Ticket(
        **{
            **values,
            "phase": Phase(row.phase),
            "participants": tuple(row.participants),
            "fired": tuple(row.fired),
        }
    )


def _originals(
    connection: Connection, questions: Sequence[Question]
) -> dict[tuple[str, str], Row[tuple[object, ...]]]:
    # Desk and fingerprint are one key; both are named for the sake of its index.
    rows = connection.execute(
        select(fingerprints).where(
            fingerprints.c.desk.in_({q.desk for q in questions}),
            fingerprints.c.fingerprint.in_({q.fingerprint for q in questions}),
        )
    )
    return {(row.desk, row.fingerprint): row for row in rows}


def _waiting(connection: Connection, ids: Collection[str]) -> dict[str, int]:
    """Find mails still in the spool that bear one of these ids: the earliest of each."""
    found: dict[str, int] = {}
    for some in _portions(ids):
        rows = connection.execute(
            select(spool.c.message_id, spool.c.id)
            .where(is_waiting(), spool.c.message_id.in_(some))
            .order_by(spool.c.id.desc())
        )
        found.update({row.message_id: row.id for row in rows})
    return found
