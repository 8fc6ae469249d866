"""What becomes of mail that no person wrote: bounces, notices, reports, and mail of our own.

On a ticket it moves nothing and is never answered.
"""

from datetime import datetime

from gateway.config.desk import MachineMail
from gateway.desk.bounced import arrived, bounced
from gateway.desk.case import Case, entry_of
from gateway.desk.decision import Decision, Outcome, Reason
from gateway.desk.opening import open_ticket
from gateway.mail.model import Kind


def machine_mail(case: Case, now: datetime) -> Decision:
    """File a machine's mail: on the ticket that it belongs to, else as its desk says."""
    ticket = case.choice.ticket
    if ticket is not None and case.kind.bounce is not None:
        return bounced(case, case.kind.bounce, ticket, now)
    if ticket is not None:
        return Decision(
            Outcome.FILED, Reason.AUTOMATIC_FILED, ticket, arrived(case, now), entry_of(case)
        )
    match fate(case):
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


def fate(case: Case) -> MachineMail:
    """Say what becomes of a machine's mail without a ticket."""
    rules = case.desk.automatic_mail
    kind = case.kind.kind
    # A program that answers what we asked somebody has nothing to say to agents.
    if kind in {Kind.BOUNCE, Kind.RECEIPT} or case.addressed:
        return MachineMail.FILE
    if not set(rules.tickets_at).isdisjoint(case.written_to):
        return MachineMail.TICKET
    by_kind = {
        Kind.OUT_OF_OFFICE: MachineMail.FILE,
        Kind.LIST: rules.list,
        Kind.REPORT: rules.report,
    }
    return by_kind.get(kind, rules.automatic)
