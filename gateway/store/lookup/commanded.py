"""What an agent's commands need to know: articles, and how tickets were merged."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from gateway.desk.known import Article, Merge
from gateway.desk.ticket import EventKind, Ticket
from gateway.store import articles
from gateway.store.lookup.question import Question
from gateway.store.lookup.threads import Threads, ticket_of
from gateway.store.portions import portions
from gateway.store.schema import events, tickets

_MOST_DUPLICATES = 100


@dataclass(frozen=True, slots=True)
class Commanded:
    """What was read for the commands of a whole batch.

    `duplicates` are the tickets that others were merged into, by the id of the latter.
    """

    articles: dict[str, tuple[Article, ...]]
    duplicates: dict[int, list[Ticket]]
    merges: dict[int, Merge]

    def articles_of(self, question: Question) -> tuple[Article, ...]:
        """Give the articles that a mail's commands may mean, each once."""
        found = (one for wanted in question.asked.articles for one in self.articles[wanted])
        return tuple(dict.fromkeys(found))

    def duplicates_of(self, question: Question, named: Iterable[Ticket]) -> tuple[Ticket, ...]:
        """Give the tickets that were merged into these, if the mail's commands undo a merge."""
        if not question.asked.splits:
            return ()
        return tuple(one for ticket in named for one in self.duplicates.get(ticket.id, ()))

    def merges_of(self, known: Iterable[Ticket]) -> tuple[Merge, ...]:
        """Give how some of these tickets were merged."""
        return tuple(self.merges[ticket.id] for ticket in known if ticket.id in self.merges)


def read_commanded(
    connection: Connection, questions: Sequence[Question], threads: Threads
) -> Commanded:
    """Read what the commands of a batch's mails need; nothing if there are none."""
    named = {t.id: t for q in questions if q.asked.splits for t in threads.tickets_of(q)}
    duplicates = _duplicates(connection, named)
    merged = [*named.values(), *(one for some in duplicates.values() for one in some)]
    return Commanded(
        articles=articles.find(connection, {one for q in questions for one in q.asked.articles}),
        duplicates=duplicates,
        merges={t.id: _merge(connection, t) for t in merged if t.merged_into},
    )


def _duplicates(connection: Connection, ids: Collection[int]) -> dict[int, list[Ticket]]:
    """Give the tickets that were merged into each of these, newest first."""
    found: dict[int, list[Ticket]] = {}
    for some in portions(ids):
        rows = connection.execute(
            select(tickets)
            # The partial index holds no other rows; it is found only if that is said.
            .where(tickets.c.merged_into != 0, tickets.c.merged_into.in_(some))
            .order_by(tickets.c.id.desc())
            .limit(_MOST_DUPLICATES * len(some))
        )
        for row in rows:
            found.setdefault(row.merged_into, []).append(ticket_of(row))
    return found


def _merge(connection: Connection, duplicate: Ticket) -> Merge:
    """Say how a ticket was merged into the one that it is merged into."""
    into = duplicate.merged_into
    row = connection.execute(
        select(events.c.changes)
        .where(events.c.ticket == duplicate.id, events.c.kind == EventKind.MERGED)
        .order_by(events.c.version.desc())
        .limit(1)
    ).first()
    if row is None:
        return Merge(duplicate.id, into, "")
    return Merge(
        ticket=duplicate.id,
        into=into,
        was=next(iter(_values(row.changes, "was")), ""),
        brought=_values(row.changes, "brought"),
    )


def _values(changes: Iterable[tuple[str, str]], field: str) -> tuple[str, ...]:
    """Give the values of an event's changes of one field."""
    return tuple(value for name, value in changes if name == field)
