"""What becomes of mail that no person wrote: bounces, notices, reports, and mail of our own.

On a ticket it moves nothing and is never answered; a mail of ours that a bounce gives back for
good ends the automatic mail of its ticket.
"""

from collections.abc import Iterator
from datetime import datetime

from gateway.config.address import canonical
from gateway.config.desk import MachineMail
from gateway.desk import lifecycle
from gateway.desk.case import Case, entry_of
from gateway.desk.decision import Decision, Outcome, Reason
from gateway.desk.known import KnownId
from gateway.desk.opening import open_ticket
from gateway.desk.ticket import Change, Event, EventKind, Ticket
from gateway.mail.model import Bounce, Kind, Undelivered

_MOST_EVENTS = 10
_MOST_CHARACTERS = 320


def machine_mail(case: Case, now: datetime) -> Decision:
    """File a machine's mail: on the ticket that it belongs to, else as its desk says."""
    ticket = case.choice.ticket
    if ticket is not None:
        events = lifecycle.automatic_arrived(case.sender.address or "unidentified sender", now)
        reason = Reason.AUTOMATIC_FILED
        if case.kind.bounce is not None:
            reason = Reason.BOUNCED
            events += tuple(_bounced(case.kind.bounce, case.choice.answered, ticket, now))
        return Decision(Outcome.FILED, reason, ticket, events, entry_of(case))
    match _fate(case):
        case MachineMail.TICKET:
            return open_ticket(case, Reason.AUTOMATIC_OPENED, now)
        case MachineMail.HOLD:
            return Decision(Outcome.HELD, Reason.AUTOMATIC_HELD)
        case MachineMail.FILE:
            return Decision(Outcome.FILED, Reason.ORPHAN)


def own_mail(case: Case, now: datetime) -> Decision:
    """Keep mail that is from one of our addresses, and never answer it.

    What we sent ourselves and got back is filed without a ticket, unless it belongs to one. A web
    form that writes in our name has a person behind it: it opens a ticket, silently.
    """
    if case.choice.ticket is not None:
        return machine_mail(case, now)
    if case.issued_by_us:
        return Decision(Outcome.FILED, Reason.OWN_MAIL)
    return open_ticket(case, Reason.OWN_MAIL, now)


def _fate(case: Case) -> MachineMail:
    """Say what becomes of a machine's mail without a ticket."""
    rules = case.desk.automatic_mail
    kind = case.kind.kind
    if kind in {Kind.BOUNCE, Kind.RECEIPT}:
        return MachineMail.FILE
    if not set(rules.tickets_at).isdisjoint(case.written_to):
        return MachineMail.TICKET
    by_kind = {
        Kind.OUT_OF_OFFICE: MachineMail.FILE,
        Kind.LIST: rules.list,
        Kind.REPORT: rules.report,
    }
    return by_kind.get(kind, rules.automatic)


def _bounced(
    bounce: Bounce, ours: KnownId | None, ticket: Ticket, now: datetime
) -> Iterator[Event]:
    """Give an event for each address that our mail did not reach.

    A lasting failure of the very address that the mail was for ends the automatic mail to the
    ticket's requester, until they write again.
    """
    if ours is None:
        return
    for failed in bounce.recipients[:_MOST_EVENTS]:
        gone = failed.permanent and ticket.requester == ours.given_to == _canonical(failed.address)
        changes = (Change("answerable", "no"),) if gone else ()
        yield Event(EventKind.BOUNCED, now, "casepost", _why(failed, ours), changes)


def _why(failed: Undelivered, ours: KnownId) -> str:
    lasting = "for good" if failed.permanent else "for now"
    address = failed.address[:_MOST_CHARACTERS] or "an unnamed address"
    status = failed.status or "no status"
    return f"{address} did not get {ours.message_id}, {lasting}: {status}"


def _canonical(address: str) -> str:
    try:
        return canonical(address)
    except ValueError:
        return ""
