"""How a run ended, told without any number that differs from run to run."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from gateway.store.database import Database
from gateway.store.schema import entries, outbox, spool, tickets
from lib.reckoning import Finding, Kind

Line = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Tickets, entries, mails that came and mails that went, each as often as it is there."""

    lines: Counter[Line]

    def differs(self, expected: "Outcome") -> Iterator[Finding]:
        """Give what is missing of what an undisturbed run comes to, and what is too much."""
        for line, count in sorted((expected.lines - self.lines).items()):
            yield Finding(Kind.LOST, f"{count} of {' '.join(line)}: an undisturbed run has it")
        for line, count in sorted((self.lines - expected.lines).items()):
            yield Finding(
                Kind.DUPLICATED, f"{count} of {' '.join(line)}: an undisturbed run has not"
            )


def outcome_of(database: Database) -> Outcome:
    """Read how it ended; which of two equal mails was the first is left to chance."""
    lines: Counter[Line] = Counter()
    with database.reading() as connection:
        for row in connection.execute(
            select(tickets.c.desk, tickets.c.subject, tickets.c.requester, tickets.c.status)
        ):
            lines["ticket", *row] += 1
        for said in connection.execute(
            select(tickets.c.subject, tickets.c.desk, entries.c.kind, entries.c.author).join(
                tickets, tickets.c.id == entries.c.ticket
            )
        ):
            lines["entry", *said] += 1
        for came in connection.execute(
            select(spool.c.message_id, spool.c.recipient, spool.c.state, spool.c.reason)
        ):
            lines["mail", *came] += 1
        for went in connection.execute(
            select(tickets.c.subject, outbox.c.template, outbox.c.recipient).outerjoin(
                tickets, tickets.c.id == outbox.c.ticket
            )
        ):
            lines["sent", went[0] or "", *went[1:]] += 1
    return Outcome(lines)
