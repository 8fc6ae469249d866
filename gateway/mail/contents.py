"""What the leaves of a mail's MIME tree come to: its texts, its attachments, its digests."""

import re
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from gateway.mail import attached, body, calendar_part, enclosed, fingerprint, packed
from gateway.mail.body import Piece, Role
from gateway.mail.mime import Part, Tree
from gateway.mail.model import Attachment, Disposition, Enclosed
from gateway.mail.packed import Packed

MAX_ATTACHMENTS = 100

# URLs of other parts of the mail (RFC 2392), as HTML and style sheets write them.
_PART_URL = re.compile(r"cid:([^\"'\s<>)]{1,300})", re.IGNORECASE)
# Parts for programs that people can read, too (RFC 3464, RFC 8098, RFC 5965, RFC 6533).
_REPORTS = frozenset(
    {"message/delivery-status", "message/disposition-notification", "message/feedback-report"}
    | {"message/global-delivery-status", "message/global-disposition-notification"}
)


@dataclass(slots=True)
class Contents:
    """What the leaves of a mail came to.

    `calendar_method` is what its first calendar part is for, "" if it has none that says so.
    """

    texts: list[Piece] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    enclosed: list[Enclosed] = field(default_factory=list)
    calendar_method: str = ""
    problem: str = ""

    def has_room(self) -> bool:
        """Say whether another attachment is listed; if not, note that there are more."""
        if len(self.attachments) < MAX_ATTACHMENTS:
            return True
        self.say(f"more than {MAX_ATTACHMENTS} attachments")
        return False

    def add_packed(self, leaf: Part, inside: Packed) -> None:
        """Add the files that were packed in a part."""
        for number, piece in enumerate(inside.pieces, 1):
            if self.has_room():
                self.attachments.append(attached.of_piece(leaf, number, piece))

    def say(self, problem: str) -> None:
        """Note why not all was read; the first reason stays."""
        self.problem = self.problem or problem

    def has_text(self) -> bool:
        """Say whether there is anything to read yet."""
        return any(piece.text.strip() for piece in self.texts)

    def html(self) -> str:
        """Give all HTML of the mail as it came."""
        return "\n".join(piece.text for piece in self.texts if piece.is_html)


def read(raw: bytes, tree: Tree) -> Contents:
    """Decode each leaf once, for its text, its size and the fingerprint."""
    found = Contents(problem=tree.problem)
    choices = body.choices(tree)
    spare: list[Piece] = []
    for leaf in tree.leaves():
        payload = leaf.payload(raw)
        lines = leaf.encoding != "base64" or leaf.media_type.startswith("text/")
        found.digests.append(fingerprint.of_content(leaf.media_type, payload, lines=lines))
        role = body.role_of(leaf)
        if role in {Role.TEXT, Role.HTML}:
            _add_text(found, leaf, payload, choices.get(leaf.index))
        elif role is Role.ATTACHMENT:
            _add_attached(found, leaf, payload)
            spare = spare or _offered(found, leaf, payload)
    if not found.has_text():
        found.texts.extend(spare)
    _mark_inline(found)
    return found


def _add_text(found: Contents, leaf: Part, payload: bytes, choice: int | None) -> None:
    """Add a text, and the files that stand in it as attachments."""
    is_html = body.role_of(leaf) is Role.HTML
    inside = None if is_html else packed.unpack(leaf.media_type, payload)
    if inside:
        payload = inside.rest
        found.add_packed(leaf, inside)
    used = sum(len(piece.text) for piece in found.texts if piece.is_html is is_html)
    text, cut = body.text_of(payload, leaf, max(0, body.MAX_BYTES - used))
    found.texts.append(Piece(text, is_html, choice))
    if cut:
        found.say(f"text over {body.MAX_BYTES} bytes")


def _add_attached(found: Contents, leaf: Part, payload: bytes) -> None:
    """Add an attachment, or the files packed in it."""
    if len(found.enclosed) < enclosed.MAX_ENCLOSED:
        found.enclosed.extend(enclosed.read(leaf, payload))
    inside = packed.unpack(leaf.media_type, payload)
    if inside and inside.pieces:
        found.add_packed(leaf, inside)
    elif found.has_room():
        found.attachments.append(attached.of_part(leaf, payload))
    if leaf.media_type in calendar_part.MEDIA_TYPES and not found.calendar_method:
        declared = leaf.parameters.get("method", "")
        found.calendar_method = calendar_part.method(declared, payload)


def _offered(found: Contents, leaf: Part, payload: bytes) -> list[Piece]:
    """Give what an attachment can offer as the text of a mail that has no other."""
    if found.has_text():
        return []
    if leaf.media_type in calendar_part.MEDIA_TYPES:
        return _pieces(leaf, calendar_part.summary(payload, leaf.charset))
    if leaf.media_type in _REPORTS:
        # What explains a report comes first (RFC 6522 section 3), and some programs declare it to
        # be the report itself.
        return _pieces(leaf, body.text_of(payload, leaf)[0])
    if leaf.media_type in {"text/plain", "text/html"} and leaf.disposition.value != "attachment":
        # A text with a name, which mail programs show in its place all the same.
        text = body.text_of(payload, leaf)[0]
        return _pieces(leaf, "", text) if leaf.media_type == "text/html" else _pieces(leaf, text)
    inside = packed.unpack(leaf.media_type, payload)
    return _pieces(leaf, inside.text, inside.html) if inside else []


def _pieces(leaf: Part, text: str, html: str = "") -> list[Piece]:
    """Give both forms of a text that stands in a part, as far as there are any."""
    forms = (
        Piece(text[: body.MAX_BYTES], is_html=False, choice=leaf.index),
        Piece(html[: body.MAX_BYTES], is_html=True, choice=leaf.index),
    )
    return [form for form in forms if form.text]


def _mark_inline(found: Contents) -> None:
    """Mark as inline what the HTML shows in its place, whatever its own part says of it."""
    if not any(attachment.content_id for attachment in found.attachments):
        return
    shown = {unquote(url) for url in _PART_URL.findall(found.html())}
    for index, attachment in enumerate(found.attachments):
        if attachment.content_id in shown:
            found.attachments[index] = replace(attachment, disposition=Disposition.INLINE)
