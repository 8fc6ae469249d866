"""What hangs on tickets and matters to a look-up, with since when it was there.

It is read for many mails at once, and then told apart by the moment of each.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, func, select

from gateway.desk.ticket import EventKind
from gateway.store.lookup.question import Question
from gateway.store.past.histories import History
from gateway.store.portions import portions
from gateway.store.schema import (
    ancestors,
    entries,
    events,
    likenesses,
    message_ids,
    outbox,
    spool,
)
from gateway.store.spool import State

_MOST_ENTRIES = 60
_MOST_CHARACTERS = 20_000
_MOST_ANSWERING = 2000
# Of a ticket's events, those that a look-up reads.
_READ = frozenset({EventKind.MERGED, EventKind.BOUNCED})

_Row = Any  # A row, whatever its columns.
Plain = dict[str, object]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What was read for a batch.

    `filed` says when the first mail with an id came to its ticket, by both; `answering` when a mail
    that answers an id came to its ticket; `held` are mails that were held at some time.
    """

    said: dict[int, list[_Row]]
    likenesses: dict[int, _Row]
    ids: list[_Row]
    ancestors: list[_Row]
    filed: dict[tuple[str, int], datetime]
    answering: dict[tuple[str, int], datetime]
    ours: dict[int, _Row]
    held: dict[int, _Row]

    def rows(
        self,
        question: Question,
        histories: Mapping[int, tuple[History, int]],
        at: datetime,
    ) -> Iterator[tuple[Table, Plain]]:
        """Give the rows that there were at a time; each ticket with how many events it had."""
        for ticket, (history, count) in histories.items():
            yield from self._of_ticket(ticket, history, count, at)
        named = set(question.ids)
        for row in self.ids:
            if row.message_id in named and row.ticket in histories and self._was_there(row, at):
                yield message_ids, _columns(row)
        for row in self.ancestors:
            since = self.answering.get((row.message_id, row.ticket))
            if row.message_id in named and row.ticket in histories and since and since < at:
                yield ancestors, _columns(row)
        for number in question.outboxes:
            yield from self._of_ours(number, histories, at)

    def about(self, question: Question) -> frozenset[int]:
        """Give the spool ids of held mails that a mail is about."""
        rows = (self.ours[i] for i in question.outboxes if i in self.ours)
        return frozenset(row.spool for row in rows if row.spool in self.held)

    def _of_ticket(
        self, ticket: int, history: History, count: int, at: datetime
    ) -> Iterator[tuple[Table, Plain]]:
        for version, event in enumerate(history.events[:count], 1):
            if event.kind in _READ:
                yield (
                    events,
                    {
                        "ticket": ticket,
                        "version": version,
                        "at": event.at,
                        "kind": event.kind.value,
                        "actor": event.actor,
                        "why": event.why,
                        "changes": [[one.field, one.value] for one in event.changes],
                    },
                )
        for row in self.said.get(ticket, ()):
            # What a mail brought came with the mail, whenever that was written.
            if (row.settled_at or row.at) < at:
                said = _columns(row)
                yield entries, {column.name: said[column.name] for column in entries.c}
        if ticket in self.likenesses:
            yield likenesses, _columns(self.likenesses[ticket])

    def _was_there(self, row: _Row, at: datetime) -> bool:
        """Say whether an id was on its ticket; one of ours was, since somebody names it."""
        filed = self.filed.get((row.message_id, row.ticket))
        return bool(row.given_to) or filed is None or filed < at

    def _of_ours(
        self, number: int, histories: Mapping[int, object], at: datetime
    ) -> Iterator[tuple[Table, Plain]]:
        row = self.ours.get(number)
        if row is None or row.queued_at >= at or (row.ticket and row.ticket not in histories):
            return
        yield outbox, _columns(row)
        if row.spool in self.held:
            held = _columns(self.held[row.spool])
            settled_at = self.held[row.spool].settled_at
            # Whoever was written about it has not decided yet, or does now.
            if settled_at is None or settled_at >= at:
                held["state"] = State.HELD.value
            yield spool, held


def read_surroundings(
    connection: Connection, questions: Sequence[Question], tickets: Collection[int], until: datetime
) -> Surroundings:
    """Read what hangs on tickets and is named by mails, as far as it was there before `until`."""
    named = {i for q in questions for i in q.ids}
    ids = _where(connection, message_ids, "message_id", named)
    older = _where(connection, ancestors, "message_id", named)
    ours = _where(connection, outbox, "id", {i for q in questions for i in q.outboxes})
    held = _where(connection, spool, "id", {row.spool for row in ours if row.spool})
    return Surroundings(
        said=_said(connection, tickets, until),
        likenesses={r.ticket: r for r in _where(connection, likenesses, "ticket", tickets)},
        ids=ids,
        ancestors=older,
        filed=_filed(connection, ids),
        answering=_answering(connection, older),
        ours={row.id: row for row in ours},
        held={row.id: row for row in held},
    )


def _where(
    connection: Connection, table: Table, column: str, wanted: Collection[object]
) -> list[_Row]:
    found: list[_Row] = []
    for some in portions(wanted):
        found += connection.execute(select(table).where(table.c[column].in_(some))).all()
    return found


def _said(
    connection: Connection, tickets: Collection[int], until: datetime
) -> dict[int, list[_Row]]:
    """Give what was said last on each ticket."""
    found: dict[int, list[_Row]] = {}
    short = func.substr(entries.c.text, 1, _MOST_CHARACTERS).label("text")
    others = [column for column in entries.c if column is not entries.c.text]
    for some in portions(tickets):
        place = func.row_number().over(partition_by=entries.c.ticket, order_by=entries.c.id.desc())
        last = (
            select(entries.c.id, place.label("place"))
            .where(entries.c.ticket.in_(some), entries.c.at < until)
            .subquery()
        )
        rows = connection.execute(
            select(*others, short, spool.c.settled_at)
            .join(last, last.c.id == entries.c.id)
            .outerjoin(spool, spool.c.id == entries.c.spool)
            .where(last.c.place <= _MOST_ENTRIES)
        )
        for row in rows:
            found.setdefault(row.ticket, []).append(row)
    return found


def _filed(connection: Connection, ids: Collection[_Row]) -> dict[tuple[str, int], datetime]:
    theirs = [row for row in ids if not row.given_to]
    if not theirs:
        return {}
    rows = connection.execute(
        select(spool.c.message_id, entries.c.ticket, func.min(spool.c.settled_at).label("first"))
        .join(entries, entries.c.spool == spool.c.id)
        .where(
            entries.c.ticket.in_({row.ticket for row in theirs}),
            spool.c.message_id.in_({row.message_id for row in theirs}),
        )
        .group_by(spool.c.message_id, entries.c.ticket)
    )
    return {(row.message_id, row.ticket): row.first for row in rows if row.first}


def _answering(connection: Connection, older: Collection[_Row]) -> dict[tuple[str, int], datetime]:
    """Say since when each of these ids was answered by a mail on its ticket."""
    found: dict[tuple[str, int], datetime] = {}
    if not older:
        return found
    wanted = {row.message_id for row in older}
    rows = connection.execute(
        select(entries.c.ticket, spool.c.settled_at, spool.c.trace)
        .join(spool, spool.c.id == entries.c.spool)
        .where(entries.c.ticket.in_({row.ticket for row in older}))
        .order_by(spool.c.id)
        .limit(_MOST_ANSWERING)
    )
    for row in rows:
        references = (row.trace or {}).get("clues", {}).get("references", ())
        for one in wanted.intersection(references):
            key = (one, row.ticket)
            if row.settled_at and (key not in found or row.settled_at < found[key]):
                found[key] = row.settled_at
    return found


def _columns(row: _Row) -> Plain:
    """Give a row by the names of its columns."""
    return dict(row._mapping)  # noqa: SLF001  SQLAlchemy's public name
