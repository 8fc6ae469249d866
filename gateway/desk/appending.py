"""How a customer's mail goes on a ticket: as an entry that moves it, with what rules make of it."""

from collections.abc import Iterator
from datetime import datetime

from gateway.config.desk import Phase
from gateway.desk import lifecycle
from gateway.desk.automatic_answer import canned
from gateway.desk.case import Case, entry_of, why_not
from gateway.desk.decision import Decision, Outcome, Reason, Reply
from gateway.desk.judged import becomes_work, judged, told_of_reply
from gateway.desk.known import ReplyRole
from gateway.desk.requester import in_step
from gateway.desk.ticket import Event, Ticket
from gateway.mail.model import Mailbox

CLOSED = "customer/closed"


def append(case: Case, ticket: Ticket, now: datetime) -> Decision:
    """Add what a customer wrote, answer it if a rule does, and tell agents."""
    events = (*_wrote(case, ticket, now), *_in_step(case, ticket, now))
    ruled = judged(case, lifecycle.fold(ticket, events), now)
    after = ruled.ticket
    works = (lifecycle.becomes_work(now),) if becomes_work(case, after) else ()
    replies, withheld = canned(case, lifecycle.fold(after, works), now)
    closes = after.phase is Phase.CLOSED and ticket.phase is not Phase.CLOSED
    notices = tuple(_closed(case, after)) if closes and not replies else ()
    return Decision(
        Outcome.FILED,
        _reason(case, ticket, after),
        ticket,
        (*events, *works, *ruled.events),
        entry_of(case),
        replies=(*replies, *notices, *told_of_reply(case, after)),
        withheld=(*withheld, *ruled.skipped),
    )


def _wrote(case: Case, ticket: Ticket, now: datetime) -> tuple[Event, ...]:
    """Give the events of a customer's mail; a status that a rule sets takes the place of its own.

    Thanks move nothing.
    """
    author, keep = case.sender.address, case.ruling.keep
    if keep is not None:
        return lifecycle.kept(author, now, f"rule {keep.rule} keeps it")
    events = lifecycle.customer_wrote(case.desk, ticket, author, now, answerable=not why_not(case))
    wanted = next((s.value for s in reversed(case.ruling.settings) if s.field == "status"), "")
    if wanted and not lifecycle.kept_from(case.desk, ticket, wanted):
        return events[:1]
    return events


def _in_step(case: Case, ticket: Ticket, now: datetime) -> tuple[Event, ...]:
    """Give what the directory says anew of the requester, where the mail is theirs."""
    if case.sender.address != ticket.requester:
        return ()
    return in_step(case.desk, ticket, case.sender.person, now)


def _reason(case: Case, before: Ticket, after: Ticket) -> Reason:
    if case.ruling.keep is not None:
        return Reason.THANKED
    reopened = before.phase is Phase.CLOSED and after.phase is not Phase.CLOSED
    return Reason.REOPENED if reopened else Reason.APPENDED


def _closed(case: Case, ticket: Ticket) -> Iterator[Reply]:
    """Tell those who take part that a rule has closed the case."""
    for address in ticket.everybody if ticket.answerable else ticket.participants:
        person = case.known.in_directory(address)
        spoken = person.language if person else ""
        yield Reply(
            CLOSED,
            Mailbox(person.name if person else "", address),
            spoken if spoken in case.desk.languages else ticket.language,
            unasked=True,
            reply_role=ReplyRole.CUSTOMER,
        )
