"""A request for feedback as it stands, and what can be done with it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from gateway.config import duration
from gateway.config.policy import Feedback
from gateway.desk.ticket import Ticket

MOST_STARS = 5
LONGEST_COMMENT = 2000
# Nobody makes up their mind so often, and each time is an event of the ticket.
MOST_TIMES = 20


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
class Said:
    """Stars and a comment that have not counted so far."""

    stars: int
    comment: str


@dataclass(frozen=True, slots=True)
class Requested:
    """A request for feedback with its ticket, and with the rating that came of it so far.

    `times` counts how often the ticket has been rated since it was made. `mail` is the number of
    the mail that asks, 0 where nobody knows it. Somebody did at `trapped_at` what no person
    does on its page; `unconfirmed` was said by what may be a program.
    """

    id: int
    ticket: Ticket
    recipient: str
    agent: str
    asked_at: datetime
    expires_at: datetime
    rating: Rating | None
    times: int
    mail: int = 0
    trapped_at: datetime | None = None
    unconfirmed: Said | None = None


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


def as_of(requested: Requested, at: datetime) -> Requested:
    """Give a request as it stood before what came at that time.

    What a rating was before it was changed is not kept.
    """
    rating = requested.rating
    if rating is not None and rating.first_at < at:
        return requested
    return replace(requested, rating=None, times=0)


def rating_of(requested: Requested, stars: int, comment: str, now: datetime) -> Rating:
    """Give the rating that somebody gives now, with what is too long in the comment cut."""
    first = requested.rating.first_at if requested.rating else now
    said = comment.strip()[:LONGEST_COMMENT].rstrip()
    return Rating(stars, said, first, now, requested.agent)
