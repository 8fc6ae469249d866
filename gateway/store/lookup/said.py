"""What we said before, which is known again where an answer quotes it."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, and_, bindparam, func, select

from gateway.desk.known import Earlier, SentMail
from gateway.desk.ticket import Direction, EntryKind, Ticket
from gateway.desk.transcript import TRANSCRIPT
from gateway.mail.parse import parse
from gateway.store.portions import portions
from gateway.store.schema import entries, outbox

_MOST_SENT = 3
_MOST_EARLIER = 6
_MOST_CHARACTERS = 20_000


def sent_on(connection: Connection, ids: Collection[int]) -> dict[int, list[tuple[int, str]]]:
    """Give the last texts that we sent on each ticket, with the ids of their entries."""
    found: dict[int, list[tuple[int, str]]] = {}
    for some in portions(ids):
        for row in connection.execute(_SENT_ON, {"tickets": some}):
            found.setdefault(row.ticket, []).append((row.id, row.text))
    return found


_RANKED = (
    select(
        entries.c.id,
        func.row_number()
        .over(partition_by=entries.c.ticket, order_by=entries.c.id.desc())
        .label("place"),
    )
    .where(
        entries.c.ticket.in_(bindparam("tickets", expanding=True)),
        entries.c.direction == Direction.OUT.value,
    )
    .subquery()
)
_SENT_ON = select(
    entries.c.id,
    entries.c.ticket,
    func.substr(entries.c.text, 1, _MOST_CHARACTERS).label("text"),
).join(_RANKED, and_(_RANKED.c.id == entries.c.id, _RANKED.c.place <= _MOST_SENT))


def answered_on(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    """Give what an agent answered last on each ticket."""
    found: dict[int, str] = {}
    for some in portions(ids):
        last = (
            select(func.max(entries.c.id))
            .where(entries.c.ticket.in_(some), entries.c.kind == EntryKind.ANSWER.value)
            .group_by(entries.c.ticket)
        )
        rows = connection.execute(
            select(
                entries.c.ticket, func.substr(entries.c.text, 1, _MOST_CHARACTERS).label("text")
            ).where(entries.c.id.in_(last))
        )
        found.update((row.ticket, row.text) for row in rows)
    return found


def said_before(
    connection: Connection, found: Collection[Ticket]
) -> dict[int, tuple[Earlier, ...]]:
    """Give what was said last on each of the tickets that agents were never told of."""
    earlier: dict[int, tuple[Earlier, ...]] = {}
    for some in portions({ticket.id for ticket in found if not ticket.is_work}):
        rows = connection.execute(
            select(
                entries.c.ticket,
                entries.c.author,
                entries.c.at,
                func.substr(entries.c.text, 1, _MOST_CHARACTERS).label("text"),
            )
            .where(entries.c.ticket.in_(some))
            .order_by(entries.c.id)
        )
        for row in rows:
            one = Earlier(row.ticket, row.author, row.at, row.text)
            earlier[row.ticket] = (*earlier.get(row.ticket, ()), one)[-_MOST_EARLIER:]
    return earlier


def newest(said: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    """Give the last few of some texts, newest first."""
    return tuple(text for _, text in sorted(said, reverse=True)[:_MOST_SENT])


def told(connection: Connection, replied: Sequence[SentMail]) -> dict[int, str]:
    """Give the texts of mails that are no entries, those to agents, by the numbers of the mails.

    A transcript gives an agent their own words back, their text as a quotation and each command at
    the beginning of a line: who sends them again wrote them, so that they are left out.
    """
    numbers = [sent.outbox for sent in replied if sent.template.startswith("agent/")]
    found: dict[int, str] = {}
    for some in portions(numbers):
        rows = connection.execute(
            select(outbox.c.id, outbox.c.content, outbox.c.template).where(outbox.c.id.in_(some))
        )
        for row in rows:
            text = parse(row.content).text[:_MOST_CHARACTERS]
            found[row.id] = _without_their_own(text) if row.template == TRANSCRIPT else text
    return found


def _without_their_own(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not line.startswith((">", "#")))


def told_to(replied: Sequence[SentMail], texts: dict[int, str]) -> tuple[str, ...]:
    """Give what some of these mails told, newest first."""
    return newest([(sent.outbox, texts[sent.outbox]) for sent in replied if sent.outbox in texts])
