"""What the leaves of a mail's MIME tree come to: its texts, its attachments, its digests."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from gateway.mail import body, fingerprint
from gateway.mail.body import Piece, Role
from gateway.mail.format import attached, calendar_part, enclosed, media_types, packed
from gateway.mail.format.mime import Part, Tree
from gateway.mail.format.packed import Packed
from gateway.mail.model import Attachment, Disposition, Enclosed

MAX_ATTACHMENTS = 100

# URLs of other parts of the mail (RFC 2392), as HTML and style sheets write them.
_PART_URL = re.compile(r"cid:([^\"'\s<>)]{1,300})", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_SHORT = 4000
# Parts for programs that people can read, too (RFC 3464, RFC 8098, RFC 5965, RFC 6533).
_REPORTS = frozenset(
    {"message/delivery-status", "message/disposition-notification", "message/feedback-report"}
    | {"message/global-delivery-status", "message/global-disposition-notification"}
)


@dataclass(frozen=True, slots=True)
class Contents:
    """What the leaves of a mail came to.

    `calendar_method` is what its first calendar part is for, "" if it has none that says so.
    `problem` says why not all was read, "" if it was.
    """

    texts: tuple[Piece, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    digests: tuple[bytes, ...] = ()
    enclosed: tuple[Enclosed, ...] = ()
    calendar_method: str = ""
    problem: str = ""

    def html(self) -> str:
        """Give all HTML of the mail as it came."""
        return _html(self.texts)


def read(raw: bytes, tree: Tree) -> Contents:
    """Decode each leaf once, for its text, its size and the fingerprint."""
    found = _Found(problem=tree.problem)
    choices = body.choices(tree)
    for leaf in tree.leaves():
        payload = leaf.payload(raw)
        lines = leaf.encoding != "base64" or leaf.media_type.startswith("text/")
        found.digests.append(fingerprint.of_content(leaf.media_type, payload, lines=lines))
        role = body.role_of(leaf)
        if role in {Role.TEXT, Role.HTML}:
            found.add_text(leaf, role, payload, choices.get(leaf.index))
        elif role is Role.ATTACHMENT:
            found.add_attached(leaf, payload)
        else:
            found.offer(leaf, payload)
    texts = found.texts if found.has_text() else [*found.texts, *found.spare]
    return Contents(
        texts=tuple(texts),
        attachments=tuple(_with_inline(found.attachments, texts)),
        digests=tuple(found.digests),
        enclosed=tuple(found.enclosed),
        calendar_method=found.calendar_method,
        problem=found.problem,
    )


@dataclass(slots=True)
class _Found:
    """What the leaves came to so far.

    `spare` is what an attachment says, which is read where nothing else is.
    """

    problem: str
    texts: list[Piece] = field(default_factory=list)
    spare: list[Piece] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    enclosed: list[Enclosed] = field(default_factory=list)
    calendar_method: str = ""

    def add_text(self, leaf: Part, role: Role, payload: bytes, choice: int | None) -> None:
        """Add a text, and the files that stand in it as attachments."""
        is_html = role is Role.HTML
        inside = None if is_html else packed.unpack(leaf.media_type, payload)
        if inside:
            payload = inside.rest
            self._add_packed(leaf, inside)
        used = sum(len(piece.text) for piece in self.texts if piece.is_html is is_html)
        text, cut = body.text_of(payload, leaf, max(0, body.MAX_BYTES - used))
        self.texts.append(Piece(text, is_html, choice))
        if cut:
            self._say(f"text over {body.MAX_BYTES} bytes")

    def add_attached(self, leaf: Part, payload: bytes) -> None:
        """Add an attachment, or the files packed in it."""
        if len(self.enclosed) < enclosed.MAX_ENCLOSED:
            self.enclosed.extend(enclosed.read(leaf, payload))
        inside = packed.unpack(leaf.media_type, payload)
        if inside and inside.pieces:
            self._add_packed(leaf, inside)
        elif self._has_room():
            self.attachments.append(attached.of_part(leaf, payload))
        if leaf.media_type in calendar_part.MEDIA_TYPES and not self.calendar_method:
            declared = leaf.parameters.get("method", "")
            self.calendar_method = calendar_part.method(declared, payload)
        # An answer to an invitation repeats the event and says nothing of its own.
        if self.calendar_method != "REPLY":
            self.offer(leaf, payload, inside)

    def offer(self, leaf: Part, payload: bytes, inside: Packed | None = None) -> None:
        """Keep what a part says for the case that the mail has no text."""
        if not self.spare and not self.has_text():
            self.spare = _offered(leaf, payload, inside)

    def has_text(self) -> bool:
        """Say whether there is anything to read yet."""
        return any(_says_something(piece) for piece in self.texts)

    def _add_packed(self, leaf: Part, inside: Packed) -> None:
        for number, piece in enumerate(inside.pieces, 1):
            if self._has_room():
                self.attachments.append(attached.of_piece(leaf, number, piece))

    def _has_room(self) -> bool:
        """Say whether another attachment is listed; if not, note that there are more."""
        if len(self.attachments) < MAX_ATTACHMENTS:
            return True
        self._say(f"more than {MAX_ATTACHMENTS} attachments")
        return False

    def _say(self, problem: str) -> None:
        """Note why not all was read; the first reason stays."""
        self.problem = self.problem or problem


def _offered(leaf: Part, payload: bytes, inside: Packed | None) -> list[Piece]:
    """Give what an attachment can offer as the text of a mail that has no other."""
    if inside:
        return _pieces(leaf, inside.text, inside.html)
    if leaf.media_type in calendar_part.MEDIA_TYPES:
        return _pieces(leaf, calendar_part.summary(payload, leaf.charset))
    if leaf.media_type in _REPORTS:
        # What explains a report comes first (RFC 6522 section 3), and some programs declare it to
        # be the report itself.
        return _pieces(leaf, body.text_of(payload, leaf)[0])
    if leaf.disposition.value != "attachment" and _is_text(leaf.media_type):
        # A text with a name, or of an unknown kind, which mail programs show all the same.
        text = body.text_of(payload, leaf)[0]
        return _pieces(leaf, "", text) if "html" in leaf.media_type else _pieces(leaf, text)
    return []


def _is_text(media_type: str) -> bool:
    """Say whether people can read what is of a type as it is (RFC 2046 section 4.1.4)."""
    is_plain = media_types.extension(media_type) in {"txt", "html"}
    return is_plain and media_type.startswith("text/")


def _pieces(leaf: Part, text: str, html: str = "") -> list[Piece]:
    """Give both forms of a text that stands in a part, as far as there are any."""
    forms = (
        Piece(text[: body.MAX_BYTES], is_html=False, choice=leaf.index),
        Piece(html[: body.MAX_BYTES], is_html=True, choice=leaf.index),
    )
    return [form for form in forms if form.text]


def _with_inline(attachments: list[Attachment], texts: Iterable[Piece]) -> Iterable[Attachment]:
    """Mark as inline what the HTML shows in its place, whatever its own part says of it."""
    if not any(attachment.content_id for attachment in attachments):
        return attachments
    shown = {unquote(url) for url in _PART_URL.findall(_html(texts))}
    return [
        replace(attachment, disposition=Disposition.INLINE)
        if attachment.content_id in shown
        else attachment
        for attachment in attachments
    ]


def _says_something(piece: Piece) -> bool:
    """Say whether a text is not blank; of a long one in HTML that is taken for granted."""
    if not piece.is_html or len(piece.text) > _SHORT:
        return bool(piece.text.strip())
    return bool(_TAG.sub("", piece.text).replace("&nbsp;", "").strip())


def _html(texts: Iterable[Piece]) -> str:
    return "\n".join(piece.text for piece in texts if piece.is_html)
