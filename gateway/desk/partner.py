"""Mails to a partner of the customer's, such as their reseller, about a case of theirs.

The partner takes no part in the case; what they answer becomes an entry on it.
"""

from collections.abc import Iterator

from gateway.desk.case import Case
from gateway.desk.decision import Content, Reply
from gateway.desk.known import ReplyRole
from gateway.desk.person import Person
from gateway.desk.ruling import CopyTo
from gateway.desk.ticket import Ticket
from gateway.mail.model import Kind, Mailbox


def partner_of(case: Case) -> Mailbox | None:
    """Give the partner that a mail is about: whoever gets a copy, else the customer's only one."""
    if case.sender.failed:
        return None
    if case.ruling.copies:
        return _mailbox(case, case.ruling.copies[0].address)
    partners = case.known.partners
    return _mailbox(case, partners[0].address) if len(partners) == 1 else None


def copies(case: Case, ticket: Ticket) -> tuple[Reply, ...]:
    """Give the mails to partners about a person's mail on a ticket, one to each.

    None go where the mail is not surely its author's, or where they write without end.
    """
    is_persons = case.kind.kind is Kind.PERSON and not (case.quiet or case.unreadable)
    if not is_persons or case.sender.failed or case.known.arrivals.stormed:
        return ()
    found: dict[str, Reply] = {}
    for reply in _copies(case, ticket):
        found.setdefault(reply.to.address, reply)
    return tuple(found.values())


def _copies(case: Case, ticket: Ticket) -> Iterator[Reply]:
    for one in case.ruling.copies:
        if one.address != case.sender.address and not ticket.has_on_it(one.address):
            yield _copy(case, ticket, one)


def _copy(case: Case, ticket: Ticket, one: CopyTo) -> Reply:
    partner = _person(case, one.address)
    language = partner.language if partner else ""
    return Reply(
        one.template,
        _mailbox(case, one.address),
        language if language in case.desk.languages else ticket.language,
        unasked=True,
        content=Content(
            text=case.reply_text or case.mail.text,
            author=_author(case),
            attachments=case.mail.attachments,
            partner=_mailbox(case, one.address),
        ),
        reply_role=ReplyRole.CUSTOMER,
    )


def _author(case: Case) -> str:
    name, address = case.sender.name, case.sender.address
    return f"{name} <{address}>" if name else address


def _mailbox(case: Case, address: str) -> Mailbox:
    partner = _person(case, address)
    return Mailbox(partner.name if partner else "", address)


def _person(case: Case, address: str) -> Person | None:
    people = case.known.partners
    return next((one for one in people if address in (one.address, *one.aliases)), None)
