"""What becomes of a mail: the desk's policy as one value, with nothing done yet."""

from datetime import datetime

from gateway.config.desk import Phase, StrangerPolicy
from gateway.desk import lifecycle
from gateway.desk.case import Case, entry_of, why_not
from gateway.desk.decision import Decision, Outcome, Reason
from gateway.desk.known import Role
from gateway.desk.machine import machine_mail, own_mail
from gateway.desk.opening import open_ticket
from gateway.desk.ticket import Ticket
from gateway.mail.model import Kind


def decide(case: Case, now: datetime) -> Decision:
    """Decide what becomes of a mail; the first line that fits holds."""
    if case.known.duplicate_of is not None:
        return Decision(Outcome.DUPLICATE, Reason.DUPLICATE, duplicate_of=case.known.duplicate_of)
    if case.unreadable:
        return open_ticket(case, Reason.UNREADABLE, now)
    if case.sender.role is Role.OURSELVES or case.kind.kind is Kind.LOOP:
        return own_mail(case, now)
    if case.kind.kind is not Kind.PERSON:
        return machine_mail(case, now)
    if case.sender.role is Role.AGENT:
        return Decision(Outcome.HELD, Reason.AGENT_NOT_PROVEN)
    if case.choice.ticket is not None:
        return _append(case, case.choice.ticket, now)
    if case.choice.claims and case.desk.strangers_number is StrangerPolicy.HOLD:
        return Decision(Outcome.HELD, Reason.CLAIMS_A_CASE)
    return open_ticket(case, _why_opened(case), now)


def _why_opened(case: Case) -> Reason:
    if case.forward is not None:
        return Reason.OPENED_FORWARDED
    return Reason.OPENED_CLAIMING if case.choice.claims else Reason.OPENED


def _append(case: Case, ticket: Ticket, now: datetime) -> Decision:
    events = lifecycle.customer_wrote(
        case.desk, ticket, case.sender.address, now, answerable=not why_not(case)
    )
    reason = Reason.REOPENED if ticket.phase is Phase.CLOSED else Reason.APPENDED
    return Decision(Outcome.FILED, reason, ticket, events, entry_of(case))
