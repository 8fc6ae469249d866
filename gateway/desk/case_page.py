"""What the page of a case says to one of those who take part in it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.config.desk import Desk, Phase
from gateway.desk.closing import closes_at
from gateway.desk.decision import Promise
from gateway.desk.promising import promised
from gateway.desk.ticket import Ticket


class Awaited(StrEnum):
    """What a case waits for, as its customer sees it.

    Our first answer; our work; an answer of the customer's; a day that was agreed on; nothing any
    more; or nothing here, since another case has taken its place.
    """

    ANSWER = "answer"
    WORK = "work"
    CUSTOMER = "customer"
    DAY = "day"
    NOTHING = "nothing"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Outlook:
    """How a case goes on: what is awaited, what is promised, the soonest first, and when it ends.

    `until` is the day that was agreed on, `closes_at` when the case closes if nobody writes.
    """

    awaited: Awaited
    promises: tuple[Promise, ...] = ()
    until: datetime | None = None
    closes_at: datetime | None = None


def outlook(ticket: Ticket, desk: Desk, now: datetime) -> Outlook:
    """Say how a case goes on: we promise what is ours to do, and one that waits may close."""
    awaited = _awaited(ticket, now)
    if awaited in (Awaited.NOTHING, Awaited.ELSEWHERE):
        return Outlook(awaited)
    if awaited in (Awaited.CUSTOMER, Awaited.DAY):
        until = ticket.hold_until if awaited is Awaited.DAY else None
        return Outlook(awaited, (), until, closes_at(ticket, desk))
    return Outlook(awaited, promised(ticket, desk, now))


def label(desk: Desk, status: str, language: str) -> str:
    """Give what customers read in place of a status, its name if that is all there is."""
    labels = next((one.labels for one in desk.status if one.name == status), {})
    return labels.get(language) or status


def _awaited(ticket: Ticket, now: datetime) -> Awaited:
    if ticket.merged_into:
        return Awaited.ELSEWHERE
    if ticket.phase is Phase.CLOSED:
        return Awaited.NOTHING
    if ticket.hold_until is not None and ticket.hold_until > now:
        return Awaited.DAY
    if ticket.phase is Phase.WAITING:
        return Awaited.CUSTOMER
    return Awaited.WORK if ticket.answered_at else Awaited.ANSWER
