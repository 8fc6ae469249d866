"""A mail that somebody forwarded: who wrote it first, when, and what it said.

This reads what a forward claims. Whom it may be believed is the desk's matter: anybody can write
a header block into a text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.mail import parse
from gateway.mail.format.contents import MAX_ATTACHMENTS
from gateway.mail.forwarding import subject_prefix, written_date
from gateway.mail.forwarding.quoted_header import QuotedHeader, mailbox
from gateway.mail.forwarding.text import inline_original
from gateway.mail.forwarding.written_date import Reading
from gateway.mail.model import Attachment, Mail, Mailbox
from gateway.mail.thread import reference_ids

# Whoever encloses a mail and writes more than this has something to say of their own.
_LITTLE_TEXT = 1000

_MAIL = "message/rfc822"

_OFFSET = re.compile(r"([+-])(\d{2})(\d{2})\b")
_PROGRAMS = frozenset({"mailer-daemon", "postmaster"})


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A forwarded mail as far as the forward tells of it.

    `author` is who wrote it; `date`, in UTC, is None where none could be read, `message_id` is ""
    where none is known. `attachments` are found in the raw mail of the forward by
    `parse.content`. `comment` is what the forwarder wrote. `whole` says that the mail was enclosed
    as a part, with its own header, and not quoted inline.
    """

    author: Mailbox
    date: datetime | None
    subject: str
    message_id: str
    text: str
    attachments: tuple[Attachment, ...]
    comment: str
    whole: bool


def forwarded(mail: Mail, raw: bytes) -> Forwarded | None:
    """Read the mail that a mail forwards; None if it forwards none, or none of a person's.

    Of a forward of a forward the outermost counts: its author is who wrote to the forwarder.
    """
    if mail.opaque or mail.header("content-type").lower().startswith("multipart/report"):
        return None
    found = _inline(mail) or _whole(mail, raw)
    if found is None or found.author.address.partition("@")[0] in _PROGRAMS:
        return None
    return found


def _inline(mail: Mail) -> Forwarded | None:
    found = inline_original(mail.text, mail.subject)
    author = _author(found.header) if found else None
    if found is None or author is None:
        return None
    header = found.header
    return Forwarded(
        author=author,
        date=written_date.read(
            header.date,
            Reading(day_first=header.foreign, before=mail.date, offset=_offset(mail)),
        ),
        subject=header.subject or subject_prefix.without_forward_prefix(mail.subject),
        # The newest mail that a forward refers to is the one that it forwards.
        message_id=next(iter(reference_ids(mail)), ""),
        text=found.text,
        attachments=mail.attachments,
        comment=found.comment,
        whole=False,
    )


def _author(header: QuotedHeader) -> Mailbox | None:
    """Give who wrote; a list that writes in its own name tells it by the address for answers."""
    if " via " in header.sender and (author := mailbox(header.reply_to)):
        return author
    return mailbox(header.sender)


def _offset(mail: Mail) -> timedelta:
    """Give the zone of the forwarder's clock: mail programs write dates in their reader's."""
    match = _OFFSET.search(mail.header("date")[-40:])
    if match is None:
        return timedelta()
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return -offset if match[1] == "-" else offset


def _whole(mail: Mail, raw: bytes) -> Forwarded | None:
    """Read the one mail that is enclosed, if that is all that the mail is about."""
    enclosed = [item for item in mail.attachments if _is_mail(item)]
    if len(enclosed) != 1 or enclosed[0].part == 0:
        return None
    if not subject_prefix.is_forward_subject(mail.subject) and (
        subject_prefix.is_reply_subject(mail.subject) or len(mail.text.strip()) > _LITTLE_TEXT
    ):
        return None
    original = parse.parse(parse.content(raw, enclosed[0]))
    if original.author is None or original.opaque:
        return None
    return Forwarded(
        author=original.author,
        date=original.date,
        subject=original.subject,
        message_id=original.message_id,
        text=original.text,
        attachments=(*_packed_in(enclosed[0], original), *mail.attachments)[:MAX_ATTACHMENTS],
        comment=mail.text.strip(),
        whole=True,
    )


def _is_mail(attachment: Attachment) -> bool:
    """Say whether a part is a mail; some programs know only by the name of the file."""
    return attachment.media_type == _MAIL or (
        attachment.name.lower().endswith(".eml") and not attachment.piece
    )


def _packed_in(enclosed: Attachment, original: Mail) -> Iterator[Attachment]:
    """Give the attachments of an enclosed mail as pieces of the part that it is."""
    if enclosed.media_type == _MAIL:
        for piece, attachment in enumerate(original.attachments, 1):
            yield replace(attachment, part=enclosed.part, piece=piece)
