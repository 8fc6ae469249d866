"""What the store knows about mails that are to be decided: the one read of a mail's way.

A handful of queries for a whole batch, on one snapshot, each by an index.
"""

import dataclasses
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, Row, and_, func, or_, select

from gateway.config.desk import Phase
from gateway.desk.known import Known, KnownId, Person
from gateway.desk.ticket import Defect, Direction, Ticket
from gateway.mail.model import Clues
from gateway.store import directory
from gateway.store.schema import entries, fingerprints, message_ids, spool, tickets
from gateway.store.spool import is_waiting

_T = TypeVar("_T")

_AT_ONCE = 10_000
# Whoever gives one id to many mails comes after the mail that it belongs to.
_MOST_TICKETS = 100
# Of what we sent on a ticket, this much is known again in an answer.
_MOST_SENT = 3
_MOST_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about one mail.

    `author` is a canonical address, or ""; so is `original`, who wrote the mail that it forwards.
    """

    spool_id: int
    desk: str
    clues: Clues
    author: str
    fingerprint: str
    received_at: datetime
    original: str = ""

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
    everybody = {who for q in questions for who in (q.author, q.original) if who}
    answers = _Answers(
        ids=ids,
        tickets=found,
        people=directory.find(connection, everybody),
        sent=_sent(connection, [ticket.id for ticket in found]),
        originals=_originals(connection, questions),
        waiting=_waiting(connection, {i for q in questions for i in q.ids}),
    )
    return tuple(answers.known(question) for question in questions)


@dataclass(frozen=True, slots=True)
class _Answers:
    """What was read for the whole batch."""

    ids: dict[str, list[KnownId]]
    tickets: Sequence[Ticket]
    people: dict[str, Person]
    sent: dict[int, list[tuple[int, str]]]
    originals: dict[tuple[str, str], Row[tuple[object, ...]]]
    waiting: dict[str, int]

    def known(self, question: Question) -> Known:
        """Give what of it is about one mail."""
        own_ids = tuple(known for i in question.ids for known in self.ids.get(i, ()))
        named = {known.ticket for known in own_ids}
        numbers = question.clues.numbers
        tickets = tuple(t for t in self.tickets if t.id in named or t.number in numbers)
        sent = sorted((said for t in tickets for said in self.sent.get(t.id, ())), reverse=True)
        original = self.originals.get((question.desk, question.fingerprint))
        if original is not None and _is_over(original, question):
            original = None
        spool_id = question.spool_id
        earlier = [
            self.waiting[i] for i in question.ids if self.waiting.get(i, spool_id) < spool_id
        ]
        return Known(
            tickets=tickets,
            ids=own_ids,
            person=self.people.get(question.author),
            original=self.people.get(question.original),
            sent=tuple(text for _, text in sent[:_MOST_SENT]),
            duplicate_of=original.spool if original is not None else None,
            waits_for=min(earlier, default=None),
        )


def _is_over(original: Row[tuple[object, ...]], question: Question) -> bool:
    """Say whether a fingerprint counts no longer, or is the mail's own."""
    if original.spool == question.spool_id:
        return True
    return original.expires_at is not None and original.expires_at <= question.received_at


def _ids(connection: Connection, wanted: Collection[str]) -> dict[str, list[KnownId]]:
    """Give the tickets on which each id was seen, newest first; of very many the oldest."""
    found: dict[str, list[KnownId]] = {}
    for some in _portions(wanted):
        rows = connection.execute(
            select(message_ids)
            .where(message_ids.c.message_id.in_(some))
            .order_by(message_ids.c.ticket)
        )
        for row in rows:
            known = found.setdefault(row.message_id, [])
            if len(known) < _MOST_TICKETS:
                known.insert(0, KnownId(row.message_id, row.ticket, row.given_to))
    return found


def _portions(wanted: Collection[_T]) -> Iterator[list[_T]]:
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


def _sent(connection: Connection, ids: Collection[int]) -> dict[int, list[tuple[int, str]]]:
    """Give the last texts that we sent on each ticket, with the ids of their entries."""
    found: dict[int, list[tuple[int, str]]] = {}
    for some in _portions(ids):
        place = func.row_number().over(partition_by=entries.c.ticket, order_by=entries.c.id.desc())
        ranked = (
            select(entries.c.id, place.label("place"))
            .where(entries.c.ticket.in_(some), entries.c.direction == Direction.OUT.value)
            .subquery()
        )
        rows = connection.execute(
            select(
                entries.c.id,
                entries.c.ticket,
                func.substr(entries.c.text, 1, _MOST_CHARACTERS).label("text"),
            ).join(ranked, and_(ranked.c.id == entries.c.id, ranked.c.place <= _MOST_SENT))
        )
        for row in rows:
            found.setdefault(row.ticket, []).append((row.id, row.text))
    return found


def ticket_of(row: Row[tuple[object, ...]]) -> Ticket:
    """Make a ticket of its row."""
    values = {field.name: getattr(row, field.name) for field in dataclasses.fields(Ticket)}
    return Ticket(
        **{
            **values,
            "phase": Phase(row.phase),
            "participants": tuple(row.participants),
            "fired": tuple(row.fired),
            "defects": tuple(Defect(number, url) for number, url in row.defects),
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
