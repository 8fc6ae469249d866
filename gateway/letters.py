"""From a mail that policy wants sent to the bytes that the courier hands over."""

import dataclasses
import logging
from dataclasses import dataclass
from datetime import datetime

from gateway.config.desk import Desk
from gateway.desk.case import Case
from gateway.desk.decision import Reply
from gateway.desk.ticket import Direction, Entry, EntryKind, Ticket
from gateway.house import House
from gateway.mail.compose import Letter, Origin, Unsafe, compose, reference_list
from gateway.mail.model import Mailbox
from gateway.mail.reply.marker import MARKERS
from gateway.store.numbers import OUTBOX
from gateway.store.outbox import Outgoing
from gateway.templates import RenderedText, Value

_LAST_LANGUAGE = "en"

_log = logging.getLogger("casepost.letters")


@dataclass(frozen=True, slots=True)
class Occasion:
    """What our mails are about: the mail that they answer, or a ticket's time.

    `references` end with the mail that is answered. `subject` is "" where the words of whoever
    wrote must not be repeated.
    """

    desk: Desk
    references: tuple[str, ...]
    subject: str


def occasion(case: Case) -> Occasion:
    """Give the occasion that a mail is."""
    return Occasion(
        desk=case.desk,
        references=reference_list(case.mail.references, case.mail.message_id),
        subject=case.mail.subject if case.sender.vouched else "",
    )


def write(
    house: House, about: Occasion, ticket: Ticket | None, reply: Reply, entry_id: int, now: datetime
) -> Outgoing:
    """Give a reply as the mail to be queued; `ticket` is as the decision's events leave it.

    `entry_id` is that of the entry whose words it bears. It always comes to something: what is
    wrong in a template or in a sender's words is left out, and logged.
    """
    desk = about.desk
    text = house.templates.render(
        desk.name, reply.language, reply.template, _values(about, ticket, reply)
    )
    outbox_id = house.numbers.take(OUTBOX)
    message_id = house.message_ids.issue(outbox_id, desk.address.rpartition("@")[2])
    content = _compose(about, ticket, reply, text, message_id, now)
    return Outgoing(
        id=outbox_id,
        ticket=ticket.id if ticket else 0,
        template=reply.template,
        recipient=reply.to.address,
        reverse_path="" if reply.automatic else desk.address,
        message_id=message_id,
        content=content,
        automatic=reply.automatic,
        topic=reply.topic,
        vouched=reply.vouched,
        failed=reply.failed,
        queued_at=now,
        entry_id=entry_id,
        entry=Entry(
            EntryKind.AUTOMATIC_ANSWER,
            Direction.OUT,
            now,
            desk.address,
            text.body,
            automatic=reply.automatic,
        ),
    )


def _compose(
    about: Occasion,
    ticket: Ticket | None,
    reply: Reply,
    text: RenderedText,
    message_id: str,
    now: datetime,
) -> bytes:
    """Compose a reply; if a trick in a name or subject shows, without any of the sender's words."""
    letter = Letter(
        sender=Mailbox(about.desk.title, about.desk.address),
        to=reply.to,
        subject=text.subject,
        body=marked(about.desk, reply, text.body),
        message_id=message_id,
        at=now,
        references=about.references,
        origin=_origin(reply),
        language=reply.language,
    )
    try:
        return compose(letter)
    except Unsafe as error:
        number = ticket.number if ticket else ""
        _log.error("an answer on case %s is sent without the sender's words: %s", number, error)
        plain = dataclasses.replace(
            letter,
            to=Mailbox("", reply.to.address),
            subject=f"[{number}]" if number else about.desk.title,
            references=(),
        )
        return compose(plain)


def marked(desk: Desk, reply: Reply, body: str) -> str:
    """Put our marker line above what a customer gets; in an answer, all below it is quotation.

    It stands here and not in templates, so that none can forget it.
    """
    if not desk.reply_marker or reply.to_agent:
        return body
    marker = MARKERS.get(reply.language) or MARKERS[_LAST_LANGUAGE]
    return f"{marker}\n\n{body}"


def _origin(reply: Reply) -> Origin:
    if not reply.automatic:
        return Origin.PERSON
    return Origin.GENERATED if reply.unasked else Origin.REPLIED


def _values(about: Occasion, ticket: Ticket | None, reply: Reply) -> dict[str, Value]:
    """Give what a template may say, as plain values."""
    return {
        "ticket": {
            "number": ticket.number if ticket else "",
            "status": ticket.status if ticket else "",
        },
        "subject": about.subject,
        "person": {"name": reply.to.name},
        "desk": {"title": about.desk.title, "address": about.desk.address},
    }
