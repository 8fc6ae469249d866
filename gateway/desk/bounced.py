"""What becomes of a bounce of a mail of ours: it is noted where the mail was, and agents are told.

Whoever was given a mail of ours can make such a bounce, and so can those whom they gave it on to.
So it never does more than stop what we would send to that one address by ourselves, until they
write again, and it leaves few entries.
"""

from datetime import datetime

from gateway.config.address import canonical
from gateway.desk import lifecycle
from gateway.desk.case import Case, entry_of
from gateway.desk.choice import Choice, Trust
from gateway.desk.decision import Consequence, Content, Decision, Outcome, Reason, Reply
from gateway.desk.decision import Undelivered as Unreached
from gateway.desk.news import news
from gateway.desk.ticket import Change, Event, EventKind, Ticket
from gateway.desk.whom import whom
from gateway.mail.model import Bounce, Undelivered

BOUNCED = "agent/bounced"
MOST_A_DAY = 10
_MOST_CHARACTERS = 320


def bounced(case: Case, bounce: Bounce, ticket: Ticket, now: datetime) -> Decision:
    """Note on a ticket that a mail of ours came back, at most ten times a day.

    A lasting failure of the very address that the mail was for ends automatic mail to it. Agents
    are told of an answer that did not arrive.
    """
    if dict(case.known.bounces).get(ticket.id, 0) >= MOST_A_DAY:
        why = f"an entry: {ticket.number} has had {MOST_A_DAY} bounces in a day"
        return Decision(Outcome.FILED, Reason.ORPHAN, withheld=(why,))
    given_to = _given_to(case.choice)
    failed = _failure(bounce, given_to)
    if failed is None:
        return Decision(Outcome.FILED, Reason.BOUNCED, ticket, arrived(case, now), entry_of(case))
    lasting = _is_lasting(failed, case.choice, given_to)
    why = _why(failed, case.choice)
    changes = (Change("answerable", "no"),) if lasting and ticket.requester == given_to else ()
    event = Event(EventKind.BOUNCED, now, "casepost", why, changes)
    return Decision(
        Outcome.FILED,
        Reason.BOUNCED,
        ticket,
        (*arrived(case, now), event),
        entry_of(case),
        replies=_told(case, ticket, failed, given_to),
        consequences=_consequences(case.choice, failed, why, lasting=lasting),
    )


def arrived(case: Case, now: datetime) -> tuple[Event, ...]:
    """Give the event of a machine's mail on its ticket."""
    return lifecycle.automatic_arrived(case.sender.address or "unidentified sender", now)


def _given_to(choice: Choice) -> str:
    """Give the address that the mail which came back was sent to."""
    if choice.answered is not None:
        return choice.answered.given_to
    return choice.returned.recipient if choice.returned is not None else ""


def _failure(bounce: Bounce, given_to: str) -> Undelivered | None:
    """Give what the bounce says of the mail's one recipient, or of whom it was passed on to."""
    exact = (one for one in bounce.recipients if _canonical(one.address) == given_to)
    return next(exact, None) or next(iter(bounce.recipients), None)


def _is_lasting(failed: Undelivered, choice: Choice, given_to: str) -> bool:
    """Say whether the very address that the mail was for takes none for good.

    A bounce to the reverse-path that we made for that address need not name it.
    """
    unnamed = not failed.address and choice.trust is Trust.RETURN_ADDRESS
    return failed.permanent and (unnamed or _canonical(failed.address) == given_to)


def _told(case: Case, ticket: Ticket, failed: Undelivered, given_to: str) -> tuple[Reply, ...]:
    """Tell agents that an answer of theirs did not arrive; a delay may yet end well."""
    sent = case.choice.returned
    if sent is None or sent.automatic or failed.delayed or case.quiet:
        return ()
    content = Content(text=failed.diagnostic or failed.status, addresses=(given_to,))
    agents = whom(case.desk, ticket.assignee, case.known.away, ticket.group)
    return news(case.desk, agents, BOUNCED, content)


def _consequences(
    choice: Choice, failed: Undelivered, why: str, *, lasting: bool
) -> tuple[Consequence, ...]:
    sent = choice.returned
    if sent is None or failed.delayed:
        return ()
    return (Unreached(sent.outbox, sent.recipient, why, lasting),)


def _why(failed: Undelivered, choice: Choice) -> str:
    lasting = "for good" if failed.permanent else "for now"
    address = failed.address[:_MOST_CHARACTERS] or "an unnamed address"
    return f"{address} did not get {_which(choice)}, {lasting}: {failed.status or 'no status'}"


def _which(choice: Choice) -> str:
    if choice.answered is not None:
        return choice.answered.message_id
    return f"mail {choice.returned.outbox}" if choice.returned is not None else "a mail of ours"


def _canonical(address: str) -> str:
    try:
        return canonical(address)
    except ValueError:
        return ""
