"""Bytes to a `Mail`: never raises, whatever the bytes are, and is bounded in time and memory.

A mail is read once, in one pass over its header block and one over its MIME delimiters. Over a
limit, what can be read is read and `opaque` says which limit it was; the raw mail is kept by the
caller in any case.
"""

from gateway.mail import address, body, fingerprint
from gateway.mail.format import attached, contents, fields, mime, packed, prescan
from gateway.mail.format.charset import hint_of
from gateway.mail.format.contents import Contents
from gateway.mail.format.mime import Part
from gateway.mail.format.prescan import Block
from gateway.mail.model import Attachment, Header, Mail, Mailbox

MAX_REFERENCES = 50

_WHOLE_MAIL = "message.eml"


def parse(raw: bytes) -> Mail:
    """Read a mail; never raises.

    A mail over the limits on lines or on its header block is not taken apart: it is its own only
    attachment then.
    """
    source = prescan.with_line_feeds(raw)
    problem = prescan.too_much(source)
    if problem:
        # A start of blank lines could be all of such a mail, so only its head is looked at.
        return _opaque(source, prescan.read_block(source[: prescan.MAX_BLOCK]), problem)
    block = prescan.read_block(source)
    if block.problem:
        return _opaque(source, block, block.problem)
    tree = mime.read_tree(source, block)
    hint = hint_of(next((part.charset for part in tree.parts if part.charset), ""))
    return _mail(source, block, contents.read(source, tree), hint)


def unreadable(raw: bytes) -> Mail:
    """Give what can be said of a mail that ended its reader more than once.

    Only the head is looked at, with the plainest means; nobody is identified by it.
    """
    head = prescan.with_line_feeds(raw[: prescan.MAX_BLOCK])
    block = prescan.read_block(head)
    return Mail(
        headers=(),
        author=None,
        author_problem="the mail is unreadable",
        claimed_author=address.guess(fields.plain_text(block.first("from"))),
        to=(),
        cc=(),
        subject=fields.text(block.first("subject")),
        date=None,
        message_id=prescan.message_id(block.first("message-id")),
        in_reply_to=(),
        references=(),
        text="",
        html="",
        attachments=(_whole(raw),),
        size=len(raw),
        fingerprint=fingerprint.fingerprint(block, [_opaque_digest(raw, block)]),
        opaque="unreadable",
    )


def content(raw: bytes, attachment: Attachment) -> bytes:
    """Give the bytes of an attachment of this mail, its transfer encoding undone.

    Raises LookupError if the mail has no such part, or the part no such piece.
    """
    return Opened(raw).content(attachment)


class Opened:
    """A mail whose attachments are read one after the other; its parts are looked for once."""

    def __init__(self, raw: bytes) -> None:
        """Look at nothing yet."""
        self._raw = raw
        self._source = prescan.with_line_feeds(raw)
        self._parts: tuple[Part, ...] | None = None
        self._unpacked: tuple[int, tuple[tuple[str, bytes], ...]] = (-1, ())

    def content(self, attachment: Attachment) -> bytes:
        """Give the bytes of an attachment as `content` does. Raises LookupError."""
        if attachment.part == 0 and attachment.size == len(self._raw) and not attachment.piece:
            return self._raw  # it stands for a mail that was not taken apart
        return self.file(attachment.part, attachment.piece)[1]

    def file(self, place: int, piece: int) -> tuple[str, bytes]:
        """Give name and bytes of a file by its place, as in `Attachment`. Raises LookupError."""
        if self._parts is None:
            self._parts = mime.read_tree(self._source, prescan.read_block(self._source)).parts
        part = self._parts[place]
        if not piece:
            payload = part.payload(self._source)
            return attached.of_part(part, payload).name, payload
        if self._unpacked[0] != place:
            self._unpacked = (place, _pieces(part, part.payload(self._source)))
        return self._unpacked[1][piece - 1]


def _pieces(part: Part, payload: bytes) -> tuple[tuple[str, bytes], ...]:
    """Give the files in a part, in the order in which its attachments count them."""
    if part.media_type == "message/rfc822":
        enclosed = Opened(payload)
        return tuple((one.name, enclosed.content(one)) for one in parse(payload).attachments)
    inside = packed.unpack(part.media_type, payload)
    if inside is None:
        raise LookupError(f"nothing is packed in part {part.index}")
    return tuple(
        (attached.of_piece(part, number, piece).name, piece.content)
        for number, piece in enumerate(inside.pieces, 1)
    )


def _opaque(raw: bytes, block: Block, problem: str) -> Mail:
    """Read a mail of which only the header fields within the limits can be read."""
    whole = Contents(
        attachments=(_whole(raw),), digests=(_opaque_digest(raw, block),), problem=problem
    )
    return _mail(raw, block, whole)


def _whole(raw: bytes) -> Attachment:
    return Attachment(part=0, name=_WHOLE_MAIL, media_type="message/rfc822", size=len(raw))


def _opaque_digest(raw: bytes, block: Block) -> bytes:
    return fingerprint.of_content("opaque", raw[block.body :], lines=True)


def _mail(raw: bytes, block: Block, found: Contents, hint: str = "") -> Mail:
    author, author_problem, claimed = _author(block, hint)
    return Mail(
        headers=tuple(Header(f.name, fields.text(f.value, hint)) for f in block.fields),
        author=author,
        author_problem=author_problem,
        claimed_author=claimed,
        to=_mailboxes(block, "to", hint),
        cc=_mailboxes(block, "cc", hint),
        subject=fields.text(block.first("subject"), hint),
        date=fields.date(block.first("date")),
        message_id=prescan.message_id(block.first("message-id")),
        in_reply_to=_ids(block, "in-reply-to"),
        references=_ids(block, "references"),
        text=body.readable(found.texts),
        html=found.html(),
        attachments=found.attachments,
        size=len(raw),
        fingerprint=fingerprint.fingerprint(block, found.digests),
        opaque=found.problem,
        enclosed=found.enclosed,
        calendar_method=found.calendar_method,
    )


def _author(block: Block, hint: str) -> tuple[Mailbox | None, str, Mailbox | None]:
    """Read who wrote the mail: the proven form, why there is none, and the best guess."""
    senders = [field for field in block.fields if field.name == "from"]
    if not senders:
        return None, "no From field", _guess(block, "sender", "reply-to", "return-path")
    found, clean = _strict(senders[0].value, hint)
    claimed = found[0] if found else _guess(block, "from", "sender", "reply-to", "return-path")
    if block.fields.index(senders[0]) >= block.sound:
        return None, "From stands behind a line that is no header field", claimed
    if len(senders) > 1:
        return None, f"{len(senders)} From fields", claimed
    if not senders[0].whole:
        return None, f"From field over {prescan.MAX_FIELD} bytes", claimed
    if len(found) > 1:
        return None, "From names several mailboxes", claimed
    if not clean:
        return None, "From is not one clean address", claimed
    return found[0], "", claimed


def _strict(value: bytes, hint: str) -> tuple[tuple[Mailbox, ...], bool]:
    return address.mailboxes(fields.unicode_of(value, hint), ascii_only=not fields.is_utf8(value))


def _guess(block: Block, *names: str) -> Mailbox | None:
    guesses = (address.guess(fields.plain_text(block.first(name))) for name in names)
    return next((guess for guess in guesses if guess is not None), None)


def _mailboxes(block: Block, name: str, hint: str) -> tuple[Mailbox, ...]:
    """Give the mailboxes of all fields of a name, as far as they can be read."""
    found: list[Mailbox] = []
    for value in block.values(name):
        if len(found) >= address.MAX_MAILBOXES:
            break
        found.extend(_strict(value, hint)[0])
    return tuple(found[: address.MAX_MAILBOXES])


def _ids(block: Block, name: str) -> tuple[str, ...]:
    """Give the message ids in fields of a name, in order; of very many only the newest.

    Some programs put long ids into encoded words, against RFC 2047 section 5; those are undone.
    """
    found: list[str] = []
    for item in block.fields:
        if item.name == name:
            found.extend(prescan.message_ids(fields.text(item.tail)))
    return tuple(found[-MAX_REFERENCES:])
