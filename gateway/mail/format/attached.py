"""An attachment as a mail lists it: what it is called, and whether it stands in the text.

A name is what the part calls itself, cleaned; two of one name stay so, for they are told apart by
part and piece. What has no name gets one that is the same at every reading.
"""

from gateway.mail.format import content_type, fields, filename, media_types, prescan
from gateway.mail.format.charset import clean_line
from gateway.mail.format.mime import Part
from gateway.mail.format.packed_file import PackedFile
from gateway.mail.model import Attachment, Disposition

_MAILS = frozenset({"message/rfc822", "message/global", "message/news"})
# Where the subject of an attached mail is looked for.
_HEAD = 32 * 1024


def of_part(leaf: Part, payload: bytes) -> Attachment:
    """Describe a part as a whole; `payload` is its body with the transfer encoding undone."""
    return Attachment(
        part=leaf.index,
        name=_name(leaf, payload),
        media_type=leaf.media_type,
        size=len(payload),
        disposition=Disposition.INLINE if _is_inline(leaf) else Disposition.ATTACHED,
        content_id=leaf.content_id,
    )


def of_piece(leaf: Part, number: int, piece: PackedFile) -> Attachment:
    """Describe a file that was packed in a part; `number` counts them from 1."""
    name = filename.clean(piece.name)
    kind = content_type.media_type(piece.media_type, media_types.media_type(name))
    return Attachment(
        part=leaf.index,
        name=name or filename.made_up(kind, leaf.index, number),
        media_type=kind,
        size=len(piece.content),
        content_id=clean_line(piece.content_id),
        piece=number,
    )


def _name(leaf: Part, payload: bytes) -> str:
    name = filename.clean(leaf.name)
    if not name and leaf.media_type in _MAILS:
        block = prescan.read_block(payload[:_HEAD])
        name = filename.of_title(fields.text(block.first("subject")), leaf.media_type)
    if not name and "." in leaf.location:
        # What a web page is made of has only its address (RFC 2557).
        name = filename.clean(leaf.location.partition("?")[0])
    return name or filename.made_up(leaf.media_type, leaf.index)


def _is_inline(leaf: Part) -> bool:
    """Say whether a part says that it stands in the text.

    Apple Mail says so of every file that it can show, a PDF too; people call those attachments.
    """
    if leaf.disposition.value == "attachment":
        return False
    if leaf.within == "multipart/related" and (leaf.content_id or leaf.location):
        return True
    return leaf.disposition.value == "inline" and leaf.media_type.startswith("image/")
