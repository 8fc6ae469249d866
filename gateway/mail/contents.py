"""What the leaves of a mail's MIME tree come to: its texts, its attachments, its digests."""

import re
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from gateway.mail import attached, body, calendar_part, enclosed, fingerprint, packed
from gateway.mail.body import Role
from gateway.mail.mime import Part, Tree
from gateway.mail.model import Attachment, Disposition, Enclosed

MAX_ATTACHMENTS = 100

# URLs of other parts of the mail (RFC 2392), as HTML and style sheets write them.
_PART_URL = re.compile(r"cid:([^\"'\s<>)]{1,300})", re.IGNORECASE)


@dataclass(slots=True)
class Contents:
    """What the leaves of a mail came to.

    `calendar_method` is what its first calendar part is for, "" if it has none that says so.
    """

    texts: list[str] = field(default_factory=list)
    htmls: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    enclosed: list[Enclosed] = field(default_factory=list)
    calendar_method: str = ""
    problem: str = ""

    def add_attachment(self, attachment: Attachment) -> None:
        """Add an attachment, or note that there are more than are listed."""
        if len(self.attachments) < MAX_ATTACHMENTS:
            self.attachments.append(attachment)
        else:
            self.say(f"more than {MAX_ATTACHMENTS} attachments")

    def say(self, problem: str) -> None:
        """Note why not all was read; the first reason stays."""
        self.problem = self.problem or problem

    def has_text(self) -> bool:
        """Say whether there is anything to read yet."""
        return any(text.strip() for text in (*self.texts, *self.htmls))


def read(raw: bytes, tree: Tree) -> Contents:
    """Decode each leaf once, for its text, its size and the fingerprint."""
    found = Contents(problem=tree.problem)
    spare: list[tuple[str, str]] = []
    for leaf in tree.leaves():
        payload = leaf.payload(raw)
        lines = leaf.encoding != "base64" or leaf.media_type.startswith("text/")
        found.digests.append(fingerprint.of_content(leaf.media_type, payload, lines=lines))
        role = body.role_of(leaf)
        if role in {Role.TEXT, Role.HTML}:
            _add_text(found, leaf, role, payload)
        elif role is Role.ATTACHMENT:
            spare.append(_add_attached(found, leaf, payload))
    if not found.has_text():
        found.texts.extend(text[: body.MAX_BYTES] for text, _ in spare if text)
        found.htmls.extend(html[: body.MAX_BYTES] for _, html in spare if html)
    _mark_inline(found)
    return found


def _add_text(found: Contents, leaf: Part, role: Role, payload: bytes) -> None:
    """Add a text, and the files that stand in it as attachments."""
    inside = packed.unpack(leaf.media_type, payload) if role is Role.TEXT else None
    if inside:
        payload = inside.rest
        for number, piece in enumerate(inside.pieces, 1):
            found.add_attachment(attached.of_piece(leaf, number, piece))
    text, cut = body.text_of(payload, leaf.charset)
    (found.texts if role is Role.TEXT else found.htmls).append(text)
    if cut:
        found.say(f"text over {body.MAX_BYTES} bytes")


def _add_attached(found: Contents, leaf: Part, payload: bytes) -> tuple[str, str]:
    """Add an attachment, or the files packed in it.

    Gives what it can offer as the text of a mail that has no other, as text and as HTML.
    """
    if len(found.enclosed) < enclosed.MAX_ENCLOSED:
        found.enclosed.extend(enclosed.read(leaf, payload))
    inside = packed.unpack(leaf.media_type, payload)
    if inside and inside.pieces:
        for number, piece in enumerate(inside.pieces, 1):
            found.add_attachment(attached.of_piece(leaf, number, piece))
    else:
        found.add_attachment(attached.of_part(leaf, payload))
    if inside:
        return inside.text, inside.html
    if leaf.media_type in calendar_part.MEDIA_TYPES:
        declared = leaf.parameters.get("method", "")
        found.calendar_method = found.calendar_method or calendar_part.method(declared, payload)
        # Most mails with an event say the same in their text.
        return ("" if found.has_text() else calendar_part.summary(payload, leaf.charset)), ""
    return "", ""


def _mark_inline(found: Contents) -> None:
    """Mark as inline what the HTML shows in its place, whatever its own part says of it."""
    if not any(attachment.content_id for attachment in found.attachments):
        return
    shown = {unquote(url) for html in found.htmls for url in _PART_URL.findall(html)}
    for index, attachment in enumerate(found.attachments):
        if attachment.content_id in shown:
            found.attachments[index] = replace(attachment, disposition=Disposition.INLINE)
