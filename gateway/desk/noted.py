"""What rules make of an agent's note: it may escalate the case, mark it, or tell somebody.

A customer gets nothing by it.
"""

from dataclasses import dataclass
from datetime import datetime

from gateway.desk.case import Case
from gateway.desk.decision import Content, Reply
from gateway.desk.ruled import carried_out
from gateway.desk.telling import Matter, with_rules
from gateway.desk.ticket import Event, Ticket


@dataclass(frozen=True, slots=True)
class Noted:
    """What comes of a note beside its entry; `skipped` is what the rules may not do."""

    events: tuple[Event, ...] = ()
    replies: tuple[Reply, ...] = ()
    skipped: tuple[str, ...] = ()


def by_note(case: Case, ticket: Ticket, text: str, now: datetime) -> Noted:
    """Give what the rules make of a note on a ticket, as its commands leave it."""
    agent = case.sender.address
    ruled = carried_out(case.desk, ticket, case.ruling, now, cause=f"a note of {agent}")
    content = Content(text=text, author=case.sender.name or agent)
    matter = Matter(case.desk, ruled.ticket, content, case.known.away)
    told = with_rules(matter, case.ruling, ())
    others = tuple(reply for reply in told if reply.to.address != agent)
    return Noted(ruled.events, others, ruled.skipped)
