"""A mail to oneself, to see a template in one's own mail program."""

import re
from dataclasses import replace
from datetime import timedelta
from html import escape

from gateway import maillog
from gateway.console.templates.place import Place
from gateway.console.visit import Visit
from gateway.mail.compose import Letter, Origin, Unsafe, compose
from gateway.mail.model import Mailbox
from gateway.store.effects import queue
from gateway.store.numbers import OUTBOX
from gateway.store.outbox import Outgoing
from gateway.store.tryouts import TRY_OUT, count_since
from gateway.templates import RenderedText

MOST_IN_AN_HOUR = 20

_HOUR = timedelta(hours=1)
_TAG = "[Try-out]"
_SAID = (
    "This is a try-out of a template, sent to nobody else. Whoever answers it writes to the desk."
)
_BODY = re.compile(r"""<body(?:[^>"]|"[^"]*")*>""")


class NotSent(Exception):
    """A try-out does not go out; its text says why."""


def mail_to_oneself(visit: Visit, place: Place, text: RenderedText) -> None:
    """Queue a mail to the user's own address, and to no other. Raises NotSent, Transient."""
    house, address = visit.house, visit.user.address
    if "@" not in address:
        raise NotSent("You have no mail address here to send it to.")
    mail = _mail(visit, place, text)
    with house.database.writing() as connection:
        sent = count_since(connection, address, visit.now - _HOUR)
        if sent >= MOST_IN_AN_HOUR:
            raise NotSent(f"You have had {sent} try-outs in an hour. Try again later.")
        queue(connection, (mail,))
        visit.note(connection, "template.try", place.key(place.parts[0]).path)
    visit.bells.queued()
    maillog.queued(mail.id, mail.template, mail.recipient)


def _mail(visit: Visit, place: Place, text: RenderedText) -> Outgoing:
    house, desk = visit.house, place.desk
    number = house.numbers.take(OUTBOX)
    message_id = house.message_ids.issue(number, desk.address.rpartition("@")[2])
    letter = Letter(
        sender=Mailbox(desk.title, desk.address),
        to=Mailbox(visit.user.name, visit.user.address),
        subject=f"{_TAG} {text.subject}",
        body=f"{_SAID}\n\n{text.body}",
        message_id=message_id,
        at=visit.now,
        origin=Origin.GENERATED,
        language=place.language,
        html=_marked(text.html),
    )
    try:
        content = compose(letter)
        if len(content) > house.settings.outgoing_size and letter.html:
            content = compose(replace(letter, html=""))
    except Unsafe as error:
        raise NotSent(f"No mail can be made of it: {error}.") from error
    if len(content) > house.settings.outgoing_size:
        raise NotSent("It is too large to be mailed.")
    return Outgoing(
        id=number,
        ticket=0,
        template=TRY_OUT,
        recipient=visit.user.address,
        reverse_path="",
        message_id=message_id,
        content=house.signed(content, desk.address),
        automatic=True,
        queued_at=visit.now,
    )


def _marked(document: str) -> str:
    """Say above a mail in HTML what it is."""
    body = _BODY.search(document)
    if body is None:
        return document
    return f"{document[: body.end()]}<p>{escape(_SAID)}</p>{document[body.end() :]}"
