"""What becomes of a rating: it is recorded on the case, and a low one is told and may reopen it."""

from collections.abc import Collection
from datetime import datetime

from gateway.config.desk import Agent, Desk, Phase
from gateway.desk.decision import Content, Decision, Outcome, Reason, Reply
from gateway.desk.lifecycle import into, unsolved
from gateway.desk.news import mail_to
from gateway.desk.person import Fact, Person
from gateway.desk.requested import MOST_STARS, Rating, Requested
from gateway.desk.ticket import Event, EventKind, Ticket
from gateway.desk.whom import targets, whom

_RATED = "agent/rated"


def rated(
    desk: Desk,
    requested: Requested,
    rating: Rating,
    now: datetime,
    away: Collection[str] = (),
    person: Person | None = None,
) -> Decision:
    """Decide what becomes of a rating. `away` are the agents who are, `person` is who rates.

    Whoever the desk names is told once of a rating that is low, and not again while it stays so.
    """
    ticket, before = requested.ticket, requested.rating
    why = f"{rating.stars} of {MOST_STARS} stars"
    changed = f"{why}, before {before.stars}" if before else why
    events = [Event(EventKind.RATED, now, requested.recipient, changed)]
    replies: tuple[Reply, ...] = ()
    policy = desk.feedback
    if rating.stars <= policy.low and not (before and before.stars <= policy.low):
        reopens = policy.reopen and ticket.phase is Phase.CLOSED and not ticket.merged_into
        if reopens:
            changes = (*into(desk, desk.lifecycle.reopened), *unsolved(ticket))
            events.append(Event(EventKind.REOPENED, now, requested.recipient, why, changes))
        agents = _whom(desk, ticket, away, reopens=reopens)
        content = _content(requested, rating, person)
        replies = tuple(mail_to(desk, agent, _RATED, content) for agent in agents)
    return Decision(Outcome.FILED, Reason.RATED, ticket, tuple(events), replies=replies)


def _whom(desk: Desk, ticket: Ticket, away: Collection[str], *, reopens: bool) -> tuple[Agent, ...]:
    """Give whom the desk names, and of a case that is open again those whose work it is."""
    agents = targets(desk, desk.feedback.notify, ticket.assignee, away)
    if reopens:
        others = desk.notifications.reply
        agents += whom(desk, ticket.assignee, away, ticket.group, others)
    return tuple({agent.address: agent for agent in agents}.values())


def _content(requested: Requested, rating: Rating, person: Person | None) -> Content:
    ticket = requested.ticket
    facts = (
        Fact("address", requested.recipient),
        Fact("name", person.name if person else ""),
        Fact("organisation", ticket.organisation),
        *(person.facts if person else ()),
        Fact("answered_by", requested.agent),
    )
    return Content(
        text=rating.comment,
        author=(person.name if person else "") or requested.recipient,
        facts=tuple(fact for fact in facts if fact.value),
        level=ticket.level,
        stars=rating.stars,
    )
