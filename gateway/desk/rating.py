"""What becomes of a rating: it is recorded on the case, and a low one is told and may reopen it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.config import duration
from gateway.config.desk import Agent, Desk, Phase
from gateway.config.policy import Feedback
from gateway.desk.decision import Content, Decision, Outcome, Reason, Reply
from gateway.desk.lifecycle import into, unsolved
from gateway.desk.news import mail_to
from gateway.desk.person import Fact, Person
from gateway.desk.ticket import Event, EventKind, Ticket
from gateway.desk.whom import targets, whom

MOST_STARS = 5
LONGEST_COMMENT = 2000
# Nobody makes up their mind so often, and each time is an event of the ticket.
MOST_TIMES = 20

_RATED = "agent/rated"


@dataclass(frozen=True, slots=True)
class Rating:
    """How content a customer is: 1 to 5 stars, and a comment that may be empty.

    It was given at `first_at` for the first time, and as it is now at `at`. `agent` is the one
    whose answer was the last before the case closed, "" if nobody answered.
    """

    stars: int
    comment: str
    first_at: datetime
    at: datetime
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Requested:
    """A request for feedback with its ticket, and with the rating that came of it so far.

    `times` counts how often the ticket has been rated since it was made.
    """

    id: int
    ticket: Ticket
    recipient: str
    agent: str
    asked_at: datetime
    expires_at: datetime
    rating: Rating | None
    times: int


class Standing(StrEnum):
    """What can be done with a request: rated, changed, or no more."""

    OPEN = "open"
    CHANGEABLE = "changeable"
    FINAL = "final"
    EXPIRED = "expired"


def standing(policy: Feedback, requested: Requested, now: datetime) -> Standing:
    """Say what can be done with a request now."""
    if requested.rating is None:
        return Standing.OPEN if now < requested.expires_at else Standing.EXPIRED
    changeable = now < until(policy, requested) and requested.times < MOST_TIMES
    return Standing.CHANGEABLE if changeable else Standing.FINAL


def until(policy: Feedback, requested: Requested) -> datetime:
    """Give when a request can be answered no more, or its rating be changed no more."""
    rating = requested.rating
    if rating is None:
        return requested.expires_at
    return rating.first_at + duration.parse(policy.changeable)


def rating_of(requested: Requested, stars: int, comment: str, now: datetime) -> Rating:
    """Give the rating that somebody gives now, with what is too long in the comment cut."""
    first = requested.rating.first_at if requested.rating else now
    said = comment.strip()[:LONGEST_COMMENT].rstrip()
    return Rating(stars, said, first, now, requested.agent)


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
