"""What the leaves of a mail's MIME tree come to: its texts, its attachments, its digests."""

from dataclasses import dataclass, field

from gateway.mail import body, enclosed, filename, fingerprint
from gateway.mail.body import Role
from gateway.mail.mime import Part, Tree
from gateway.mail.model import Attachment, Disposition, Enclosed

MAX_ATTACHMENTS = 100


@dataclass(slots=True)
class Contents:
    """What the leaves of a mail came to."""

    texts: list[str] = field(default_factory=list)
    htmls: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    enclosed: list[Enclosed] = field(default_factory=list)
    problem: str = ""


def read(raw: bytes, tree: Tree) -> Contents:
    """Decode each leaf once, for its text, its size and the fingerprint."""
    found = Contents(problem=tree.problem)
    for leaf in tree.leaves():
        payload = leaf.payload(raw)
        lines = leaf.encoding != "base64" or leaf.media_type.startswith("text/")
        found.digests.append(fingerprint.of_content(leaf.media_type, payload, lines=lines))
        role = body.role_of(leaf)
        if role in {Role.TEXT, Role.HTML}:
            text, cut = body.text_of(payload, leaf.charset)
            (found.texts if role is Role.TEXT else found.htmls).append(text)
            if cut:
                found.problem = found.problem or f"text over {body.MAX_BYTES} bytes"
        elif role is Role.ATTACHMENT:
            if len(found.enclosed) < enclosed.MAX_ENCLOSED:
                found.enclosed.extend(enclosed.read(leaf, payload))
            if len(found.attachments) < MAX_ATTACHMENTS:
                found.attachments.append(_attachment(leaf, len(payload)))
            else:
                found.problem = found.problem or f"more than {MAX_ATTACHMENTS} attachments"
    return found


def _attachment(leaf: Part, size: int) -> Attachment:
    inline = leaf.disposition.value == "inline" or (
        leaf.within == "multipart/related"
        and bool(leaf.content_id)
        and leaf.disposition.value != "attachment"
    )
    return Attachment(
        part=leaf.index,
        name=filename.clean(leaf.name) or filename.made_up(leaf.media_type, leaf.index),
        media_type=leaf.media_type,
        size=size,
        disposition=Disposition.INLINE if inline else Disposition.ATTACHED,
        content_id=leaf.content_id,
    )
