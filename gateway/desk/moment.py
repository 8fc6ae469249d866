"""When a desk's rules are asked of a mail: where it opens a ticket, or is a customer's on one.

Of agents' own mail that is only a note, and never of ours; nor of what is kept or held whatever
rules say.
"""

from gateway.config.desk import MachineMail, StrangerPolicy
from gateway.config.policy import Moment
from gateway.desk.case import Case
from gateway.desk.choice import Trust
from gateway.desk.known import Role
from gateway.desk.machine import fate
from gateway.mail.model import Kind


def moment_of(case: Case) -> Moment | None:
    """Say what a mail's rules are, None if it has none."""
    if case.known.duplicate_of is not None or case.unreadable:
        return None
    if case.spam and not case.admitted_by:
        return None
    if case.sender.role is Role.OURSELVES or case.kind.kind is Kind.LOOP:
        return None
    if case.sender.role is Role.AGENT:
        return Moment.NOTE if _is_note(case) else None
    if case.kind.kind is not Kind.PERSON:
        return Moment.NEW if _machine_opens(case) else None
    if case.choice.ticket is not None:
        anothers = case.choice.trust is Trust.ANOTHERS_ADDRESS
        return None if anothers else Moment.REPLY
    return None if only_claims(case) and not case.admitted_by else Moment.NEW


def only_claims(case: Case) -> bool:
    """Say whether a mail names a case that its sender may not touch, and the desk holds such."""
    held = case.desk.strangers_number is StrangerPolicy.HOLD
    return held and bool(case.choice.claims) and case.choice.continues is None


def _is_note(case: Case) -> bool:
    """Say whether a mail is a proven agent's note on a ticket."""
    is_mail = case.kind.kind is Kind.PERSON and not case.quiet
    on_ticket = case.choice.ticket is not None and case.choice.trust is not Trust.ANOTHERS_ADDRESS
    return is_mail and on_ticket and case.sender.proven and case.commanded.has("note")


def _machine_opens(case: Case) -> bool:
    if case.choice.ticket is not None:
        return False
    return fate(case) is MachineMail.TICKET or bool(case.admitted_by)
