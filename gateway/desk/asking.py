"""Who is asked how content they are: the requester of a case that closes, once for each closing.

The mail that tells them of the closing bears the link. A desk that would rather ask some time later
has a timer in the closed status that sends `customer/feedback`; then that mail alone asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.config import duration
from gateway.config.desk import Desk, Phase
from gateway.desk.decision import Decision, Reply, Touched
from gateway.desk.ticket import Ticket

FEEDBACK = "customer/feedback"

_PARTNERS = "partner/"


@dataclass(frozen=True, slots=True)
class Request:
    """A request for feedback as it is kept: of its secret only the digest.

    `agent` is the one whose answer was the last before the case closed, "" if nobody answered.
    Where the recipient has been asked after `not_since`, this is once too often.
    """

    digest: str
    ticket: int
    recipient: str
    agent: str
    asked_at: datetime
    expires_at: datetime
    not_since: datetime | None = None


def request(desk: Desk, ticket: Ticket, digest: str, recipient: str, now: datetime) -> Request:
    """Give the request that a mail makes."""
    policy = desk.feedback
    return Request(
        digest=digest,
        ticket=ticket.id,
        recipient=recipient,
        agent=ticket.answered_by,
        asked_at=now,
        expires_at=now + duration.parse(policy.expires),
        not_since=now - duration.parse(policy.not_within) if policy.not_within else None,
    )


def asking(
    desk: Desk,
    decision: Decision,
    asked: Mapping[str, datetime],
    now: datetime,
    last: datetime | None = None,
) -> Decision:
    """Give a decision with the replies marked that ask, and without those that have nothing to ask.

    `asked` says when each recipient was asked last, and `last` when anybody was on the decision's
    own ticket.
    """
    pace = _Pace(desk, asked, now)
    own = pace.on(Touched(decision.ticket, decision.events, replies=decision.replies), last)
    others = tuple(replace(one, replies=pace.on(one, None)) for one in decision.others)
    if own is decision.replies and not others and not pace.withheld:
        return decision
    return replace(
        decision, replies=own, others=others, withheld=(*decision.withheld, *pace.withheld)
    )


class _Pace:
    """One decision's mails, with whom it asks so far."""

    def __init__(self, desk: Desk, asked: Mapping[str, datetime], now: datetime) -> None:
        self._desk = desk
        self._now = now
        self._asked = dict(asked)
        self.withheld: list[str] = []

    def on(self, touched: Touched, last: datetime | None) -> tuple[Reply, ...]:
        """Give the replies on a ticket, one of them marked if it asks."""
        place = next((n for n, one in enumerate(touched.replies) if _may(touched, one)), None)
        if place is None:
            return touched.replies
        reply = touched.replies[place]
        why_not = self._why_not(touched, reply, last)
        before, after = touched.replies[:place], touched.replies[place + 1 :]
        if not why_not:
            self._asked[reply.to.address] = self._now
            return (*before, replace(reply, asks=True), *after)
        if reply.template != FEEDBACK:
            return touched.replies
        self.withheld.append(f"{FEEDBACK} to {reply.to.address}: {why_not}")
        return (*before, *after)

    def _why_not(self, touched: Touched, reply: Reply, last: datetime | None) -> str:
        policy = self._desk.feedback
        if not policy.ask:
            return "the desk asks nobody"
        if why := self._wrong_time(touched, reply, last):
            return why
        before = self._asked.get(reply.to.address)
        if policy.not_within and before is not None:
            again = before + duration.parse(policy.not_within)
            if self._now < again:
                return f"they were asked at {before:%Y-%m-%d %H:%M} UTC"
        return ""

    def _wrong_time(self, touched: Touched, reply: Reply, last: datetime | None) -> str:
        """Say why a mail does not ask about this closing, "" if it does."""
        if closes(touched):
            later = reply.template != FEEDBACK and self._is_asked_later(_closed_as(touched))
            return "a timer asks later" if later else ""
        if touched.ticket is None or _last(touched, "phase", touched.ticket.phase) != Phase.CLOSED:
            return "the case is not closed"
        if last is not None and last >= closed_since(self._desk, touched.ticket):
            return "they were asked about this closing"
        return ""

    def _is_asked_later(self, status: str) -> bool:
        return any(one.mail == FEEDBACK and one.status == status for one in self._desk.timer)


def closes(touched: Touched) -> bool:
    """Say whether a ticket is closed by what happens, and was not before."""
    before = touched.ticket.phase if touched.ticket else Phase.OPEN
    return before is not Phase.CLOSED and _last(touched, "phase", before) == Phase.CLOSED


def closed_since(desk: Desk, ticket: Ticket) -> datetime:
    """Give when a closed ticket was closed, whatever closed statuses it has had since."""
    since = ticket.since
    for stay in reversed(ticket.stays):
        if desk.phase_of(stay.status) is not Phase.CLOSED:
            break
        since = stay.since
    return since


def _may(touched: Touched, reply: Reply) -> bool:
    """Say whether a mail can be one that asks: a notice of our own to the requester.

    What closes as a duplicate goes on elsewhere, and a canned answer is no notice.
    """
    if not (reply.automatic and reply.unasked) or reply.canned or reply.to_agent:
        return False
    if reply.template.startswith(_PARTNERS):
        return False
    merged = str(touched.ticket.merged_into if touched.ticket else 0)
    requester = touched.ticket.requester if touched.ticket else ""
    if reply.to.address != _last(touched, "requester", requester):
        return False
    if _last(touched, "merged_into", merged) != "0":
        return False
    return reply.template == FEEDBACK or closes(touched)


def _closed_as(touched: Touched) -> str:
    return _last(touched, "status", touched.ticket.status if touched.ticket else "")


def _last(touched: Touched, field: str, before: str) -> str:
    """Give the value of a ticket's field after the events."""
    changes = (c for e in reversed(touched.events) for c in reversed(e.changes) if c.field == field)
    found = next(changes, None)
    return found.value if found is not None else before
