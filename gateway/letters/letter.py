"""One mail: its number and addresses, its text by a template, and its bytes."""

import logging
import re
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape

from gateway.config.desk import Desk
from gateway.desk.decision import Reply
from gateway.desk.known import ReplyRole
from gateway.desk.ticket import Direction, Entry, EntryKind, Ticket
from gateway.house import House
from gateway.letters.case_link import case_link
from gateway.letters.enclosures import Parcel
from gateway.letters.feedback_link import FeedbackLink, feedback_link
from gateway.letters.occasion import Occasion
from gateway.letters.service_time import zone_of
from gateway.letters.subject import numbered
from gateway.letters.values import LONGEST_TEXT, Pages, values
from gateway.mail.case_link import without_links
from gateway.mail.compose import Letter, Origin, Unsafe, compose, reference_list
from gateway.mail.enclosure import Enclosure, enclose, enclosed_size
from gateway.mail.model import Mailbox
from gateway.mail.reply.marker import MARKERS
from gateway.mail.reply_address import about as matter
from gateway.store.numbers import OUTBOX
from gateway.store.outbox import Outgoing
from gateway.templates import RenderedText

_LAST_LANGUAGE = "en"
# Of what a mail may have for its header, and for what its template says beside the text.
_FOR_THE_REST = 256 * 1024
# The most bytes that a byte of text can come to.
_ENCODED = 3

_BODY = re.compile(r"""<body(?:[^>"]|"[^"]*")*>""")
# Grey that can be read on white and on black.
_MARKER_STYLE = "margin:0;padding:12px 16px;font:12px/18px sans-serif;color:#808080"

_log = logging.getLogger("casepost.letters")


def write(
    house: House, about: Occasion, ticket: Ticket | None, reply: Reply, entry_id: int, now: datetime
) -> Outgoing:
    """Give a reply as the mail to be queued; `ticket` is as the decision's events leave it.

    `entry_id` is that of the entry whose words it bears. It always comes to something: what is
    wrong in a template, in a sender's words or with an attachment is left out, and logged.
    """
    number = house.numbers.take(OUTBOX)
    message_id = house.message_ids.issue(number, about.desk.address.rpartition("@")[2])
    link = feedback_link(house, reply)
    draft = _Draft(house, about, ticket, reply, number, message_id, now, link)
    text, content = draft.written()
    return Outgoing(
        id=draft.outbox,
        ticket=draft.ticket_id,
        spool=reply.held,
        template=reply.template,
        recipient=reply.to.address,
        reverse_path=draft.reverse_path(),
        message_id=draft.message_id,
        content=content,
        automatic=reply.automatic,
        queued_at=now,
        topic=reply.topic,
        vouched=reply.vouched,
        failed=reply.failed,
        prompted=reply.prompted,
        request=link.request(about.desk, ticket, reply, text, now),
        entry_id=entry_id,
        entry=None if reply.to_agent else _entry(about.desk, reply, link.left_out(text.body), now),
    )


def _entry(desk: Desk, reply: Reply, body: str, now: datetime) -> Entry:
    """Give the entry that a mail to anybody but an agent is."""
    return Entry(
        EntryKind.AUTOMATIC_ANSWER,
        Direction.OUT,
        now,
        desk.address,
        without_links(body),
        automatic=reply.automatic,
    )


@dataclass(frozen=True, slots=True)
class _Draft:
    """A mail that is being written; `outbox` is its number, by `message_id` it is known again."""

    house: House
    about: Occasion
    ticket: Ticket | None
    reply: Reply
    outbox: int
    message_id: str
    now: datetime
    link: FeedbackLink

    @property
    def ticket_id(self) -> int:
        return self.ticket.id if self.ticket else 0

    @property
    def number(self) -> str:
        return self.ticket.number if self.ticket else ""

    def written(self) -> tuple[RenderedText, bytes]:
        """Give text and bytes; what turns out too large goes without any file."""
        most = self.house.settings.outgoing_size
        text = self.reply.content.text
        said = len(text[:LONGEST_TEXT].encode("utf-8", "replace"))
        room = most - _FOR_THE_REST - _ENCODED * said
        whole = _whole_text(text, self.number, room)
        room -= len(whole.part) if whole else 0
        rendered, content = self._with(room, whole)
        if len(content) > most and rendered.html:
            rendered, content = self._with(room, whole, html=False)
        if len(content) > most:
            _log.error("mail %d goes without its attachments: it is too large", self.outbox)
            rendered, content = self._with(0, None, html=False)
        return rendered, self.about.signing.signed(self.house, content, self.about.desk.address)

    def _with(
        self, room: int, whole: Enclosure | None, *, html: bool = True
    ) -> tuple[RenderedText, bytes]:
        content = self.reply.content
        parcel = self.about.enclosures.pack(self.house, content, room, self.now)
        if whole is not None:
            parcel = replace(parcel, enclosed=(whole, *parcel.enclosed))
        text = self._worded(parcel)
        if not html:
            text = replace(text, html="")
        return text, self._composed(text, parcel)

    def _worded(self, parcel: Parcel) -> RenderedText:
        reply, about = self.reply, self.about
        if not reply.to_agent or self.link.url:
            return self._rendered(parcel)
        return about.wording.for_agent(
            self.house.templates,
            about.desk,
            self.ticket,
            reply,
            parcel.named,
            lambda: self._rendered(parcel),
        )

    def _rendered(self, parcel: Parcel) -> RenderedText:
        web = self.house.settings.web
        pages = Pages(
            web.base_url.rstrip("/") if web else "",
            self.link.url,
            case_link(self.house, self.about, self.ticket, self.reply, self.now),
        )
        said = values(self.about, self.ticket, self.reply, parcel.named, pages)
        desk, reply = self.about.desk, self.reply
        zone = zone_of(self.ticket, reply)
        text = self.house.templates.render(desk.name, reply.language, reply.template, said, zone)
        return replace(text, subject=numbered(text.subject, self.number))

    def _composed(self, text: RenderedText, parcel: Parcel) -> bytes:
        """Compose a mail; if a trick in a name or subject shows, without the sender's words."""
        reply, desk = self.reply, self.about.desk
        letter = Letter(
            sender=Mailbox(desk.title, desk.address),
            to=reply.to,
            subject=text.subject,
            body=marked(desk, reply, text.body),
            message_id=self.message_id,
            at=self.now,
            references=self._references(),
            origin=_origin(reply),
            language=reply.language,
            reply_to=self._reply_to(),
            html=marked_html(desk, reply, text.html),
            enclosures=parcel.enclosed,
        )
        try:
            return compose(letter)
        except Unsafe as error:
            _log.error(
                "mail %d on case %s is sent without the sender's words: %s",
                self.outbox,
                self.number,
                error,
            )
        to = Mailbox("", reply.to.address)
        subject = f"[{self.number}]" if self.number else desk.title
        return compose(replace(letter, to=to, subject=subject, references=()))

    def reverse_path(self) -> str:
        """Give the null reverse-path for what we say by ourselves (RFC 3834 section 3.3).

        Bounces of a person's mail come to an address of its own.
        """
        if self.reply.automatic:
            return ""
        return self._signed(ReplyRole.BOUNCE) or self.about.desk.address

    def _reply_to(self) -> str:
        """Give the signed address for answers, "" where it is the desk's own."""
        role = self.reply.reply_role
        if role is None and self.ticket is not None:
            role = ReplyRole.AGENT if self.reply.to_agent else ReplyRole.CUSTOMER
        return self._signed(role) if role else ""

    def _signed(self, role: ReplyRole) -> str:
        desk = self.about.desk
        if not desk.plus_addressing:
            return ""
        about = matter(self.ticket_id, self.reply.held)
        to = self.reply.to.address
        return self.house.reply_addresses.issue(desk.address, role.value, self.outbox, about, to)

    def _references(self) -> tuple[str, ...]:
        """Give the ids below which the mail stands in its reader's mail program."""
        own = self.reply.references
        if not own and (self.reply.to_agent or not self.about.by_agent):
            return self.about.references
        ids = own or tuple(
            known.message_id
            for known in self.about.given
            if (known.ticket, known.given_to) == (self.ticket_id, self.reply.to.address)
        )
        return reference_list(ids[:-1], ids[-1]) if ids else ()


def _whole_text(text: str, number: str, room: int) -> Enclosure | None:
    """Give a text that is too long for a mail as a file."""
    if len(text) <= LONGEST_TEXT:
        return None
    data = text.encode("utf-8", "replace")
    return enclose(f"{number or 'text'}.txt", data) if enclosed_size(len(data)) <= room else None


def marked(desk: Desk, reply: Reply, body: str) -> str:
    """Put our marker line above a mail; in an answer to it, all below is quotation.

    It stands here and not in templates, so that none can forget it.
    """
    marker = _marker(desk, reply)
    return f"{marker}\n\n{body}" if marker else body


def marked_html(desk: Desk, reply: Reply, document: str) -> str:
    """Put our marker line above the same mail in HTML, in a paragraph of its own."""
    marker = _marker(desk, reply)
    body = _BODY.search(document)
    if not marker or body is None:
        return document
    line = f'<p style="{_MARKER_STYLE}">{escape(marker)}</p>'
    return f"{document[: body.end()]}{line}{document[body.end() :]}"


def _marker(desk: Desk, reply: Reply) -> str:
    if not desk.reply_marker and not reply.to_agent:
        return ""
    return MARKERS.get(reply.language) or MARKERS[_LAST_LANGUAGE]


def _origin(reply: Reply) -> Origin:
    if not reply.automatic:
        return Origin.PERSON
    return Origin.GENERATED if reply.unasked else Origin.REPLIED
