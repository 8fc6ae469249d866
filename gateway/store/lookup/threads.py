"""Which tickets mails name, by ids, mails of ours and numbers, and what stands on those tickets."""

import dataclasses
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Row, Table, select

from gateway.config.desk import Phase
from gateway.desk.known import KnownId, SentMail
from gateway.desk.ticket import FIELDS, Dated, Defect, EventKind, Stay, Ticket
from gateway.store.lookup.question import Question
from gateway.store.portions import portions
from gateway.store.schema import ancestors, events, message_ids, outbox, tickets

# Whoever gives one id to many mails comes after the mail that it belongs to.
_MOST_TICKETS = 100
_MOST_MERGES = 10
_MOST_CHILDREN = 1000
_DAY = timedelta(days=1)

# All of a mail of ours but its bytes.
_SENT = (
    outbox.c.id,
    outbox.c.ticket,
    outbox.c.spool,
    outbox.c.recipient,
    outbox.c.queued_at,
    outbox.c.template,
    outbox.c.automatic,
)


@dataclass(frozen=True, slots=True)
class Threads:
    """What was read of conversations for a whole batch.

    `tickets` are all by their ids, with those that they are merged into.
    """

    ids: dict[str, list[KnownId]]
    ancestors: dict[str, list[KnownId]]
    replied: dict[int, SentMail]
    tickets: dict[int, Ticket]
    children: dict[int, list[Ticket]]
    bounced: dict[int, list[datetime]]

    def ids_of(self, question: Question) -> tuple[KnownId, ...]:
        """Give the ids that a mail names and that are on a ticket."""
        return tuple(known for i in question.ids for known in self.ids.get(i, ()))

    def ancestors_of(self, question: Question) -> tuple[KnownId, ...]:
        """Give the ids that a mail names and that mails on a ticket answer."""
        named = question.clues.references
        return tuple(known for i in named for known in self.ancestors.get(i, ()))

    def replied_of(self, question: Question) -> tuple[SentMail, ...]:
        """Give the mails of ours that a mail answers."""
        return tuple(self.replied[i] for i in question.outboxes if i in self.replied)

    def tickets_of(self, question: Question) -> tuple[Ticket, ...]:
        """Give the tickets that a mail names, and those that they were merged into."""
        wanted = {known.ticket for known in self.ids_of(question)}
        wanted |= {known.ticket for known in self.ancestors_of(question)}
        wanted |= {sent.ticket for sent in self.replied_of(question)} | set(question.in_console)
        numbers = set(question.numbers)
        wanted |= {t.id for t in self.tickets.values() if t.number in numbers}
        for _ in range(_MOST_MERGES):
            wanted |= {self.tickets[i].merged_into for i in wanted if i in self.tickets}
        return tuple(ticket for i, ticket in self.tickets.items() if i in wanted)

    def children_of(self, named: Iterable[Ticket]) -> tuple[Ticket, ...]:
        """Give the reports of which these tickets are the incident."""
        found = [child for ticket in named for child in self.children.get(ticket.id, ())]
        return tuple(found[:_MOST_CHILDREN])

    def bounces_of(
        self, question: Question, named: Iterable[Ticket]
    ) -> tuple[tuple[int, int], ...]:
        """Count the entries of bounces on these tickets in the day before a mail."""
        since = question.received_at - _DAY
        counts = ((t.id, sum(at > since for at in self.bounced.get(t.id, ()))) for t in named)
        return tuple(one for one in counts if one[1])


def read_threads(connection: Connection, questions: Sequence[Question]) -> Threads:
    """Read all that mails name."""
    ids = _ids(connection, message_ids, {i for q in questions for i in q.ids})
    foreign = {i for q in questions for i in q.clues.references}
    older = _ids(connection, ancestors, foreign)
    replied = _replied(connection, {number for q in questions for number in q.outboxes})
    wanted = {known.ticket for some in (ids, older) for knowns in some.values() for known in knowns}
    wanted |= {sent.ticket for sent in replied.values() if sent.ticket}
    wanted |= {ticket for q in questions for ticket in q.in_console}
    found = _tickets(connection, wanted, {number for q in questions for number in q.numbers})
    threads = Threads(ids, older, replied, found, {}, {})
    parents = {t.id for q in questions if q.of_agent for t in threads.tickets_of(q)}
    bounced = {t.id for q in questions if q.of_bounce for t in threads.tickets_of(q)}
    since = min((q.received_at for q in questions), default=None)
    return dataclasses.replace(
        threads,
        children=_children(connection, parents),
        bounced=_bounced(connection, bounced, since - _DAY) if since else {},
    )


def _ids(connection: Connection, table: Table, wanted: Collection[str]) -> dict[str, list[KnownId]]:
    """Give the tickets on which each id was seen, newest first; of very many the oldest."""
    found: dict[str, list[KnownId]] = {}
    for some in portions(wanted):
        rows = connection.execute(
            select(table).where(table.c.message_id.in_(some)).order_by(table.c.ticket)
        )
        for row in rows:
            known = found.setdefault(row.message_id, [])
            if len(known) < _MOST_TICKETS:
                given_to = row.given_to if table is message_ids else ""
                known.insert(0, KnownId(row.message_id, row.ticket, given_to))
    return found


def _replied(connection: Connection, numbers: Collection[int]) -> dict[int, SentMail]:
    found: dict[int, SentMail] = {}
    for some in portions(numbers):
        rows = connection.execute(select(*_SENT).where(outbox.c.id.in_(some)))
        for row in rows:
            found[row.id] = SentMail(
                outbox=row.id,
                ticket=row.ticket or 0,
                spool=row.spool or 0,
                recipient=row.recipient,
                queued_at=row.queued_at,
                template=row.template,
                automatic=row.automatic,
            )
    return found


def _tickets(
    connection: Connection, ids: Collection[int], numbers: Collection[str]
) -> dict[int, Ticket]:
    """Give tickets by their ids, and those that they were merged into, however often."""
    found: dict[int, Ticket] = {}
    for some in portions(numbers):
        rows = connection.execute(select(tickets).where(tickets.c.number.in_(some)))
        found.update((row.id, ticket_of(row)) for row in rows)
    wanted = set(ids)
    for _ in range(1 + _MOST_MERGES):
        for more in portions(wanted - found.keys()):
            rows = connection.execute(select(tickets).where(tickets.c.id.in_(more)))
            found.update((row.id, ticket_of(row)) for row in rows)
        wanted = {ticket.merged_into for ticket in found.values() if ticket.merged_into}
    return dict(sorted(found.items()))


def _children(connection: Connection, parents: Collection[int]) -> dict[int, list[Ticket]]:
    """Give the reports of incidents, the oldest thousand of each batch's."""
    found: dict[int, list[Ticket]] = {}
    for some in portions(parents):
        rows = connection.execute(
            select(tickets)
            # The partial index holds no other rows; it is found only if that is said.
            .where(tickets.c.parent != 0, tickets.c.parent.in_(some))
            .order_by(tickets.c.id)
            .limit(_MOST_CHILDREN * len(some))
        )
        for row in rows:
            found.setdefault(row.parent, []).append(ticket_of(row))
    return found


def _bounced(
    connection: Connection, ids: Collection[int], since: datetime
) -> dict[int, list[datetime]]:
    found: dict[int, list[datetime]] = {}
    for some in portions(ids):
        rows = connection.execute(
            select(events.c.ticket, events.c.at).where(
                events.c.ticket.in_(some),
                events.c.kind == EventKind.BOUNCED.value,
                events.c.at > since,
            )
        )
        for row in rows:
            found.setdefault(row.ticket, []).append(row.at)
    return found


def ticket_of(row: Row[tuple[object, ...]]) -> Ticket:
    """Make a ticket of its row."""
    values = {field: getattr(row, field) for field in FIELDS}
    return Ticket(
        **{
            **values,
            "phase": Phase(row.phase),
            "participants": tuple(row.participants),
            "fired": tuple(row.fired),
            "tags": tuple(row.tags),
            "canned": tuple(row.canned),
            "by_agent": tuple(row.by_agent),
            "defects": tuple(Defect(number, url) for number, url in row.defects),
            "alerted": tuple(row.alerted),
            "stays": tuple(Stay(s, datetime.fromisoformat(since)) for s, since in row.stays),
            "dates": tuple(Dated(column, date.fromisoformat(day)) for column, day in row.dates),
        }
    )
