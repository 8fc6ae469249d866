"""Files packed in a part of a mail: which formats there are, and how each is taken apart."""

from dataclasses import dataclass

from gateway.mail.format import tnef, uuencode
from gateway.mail.format.packed_file import PackedFile


@dataclass(frozen=True, slots=True)
class Packed:
    """What was packed in a part: the files, counted from 1, and what is left of the part.

    `text` and `html` are the mail's own text where the format holds that, too.
    """

    pieces: tuple[PackedFile, ...]
    rest: bytes = b""
    text: str = ""
    html: str = ""


def unpack(media_type: str, payload: bytes) -> Packed | None:
    """Take the files out of a part; None if it holds none or is to stay whole.

    The same bytes give the same files in the same order, which is how a file is found again.
    """
    if media_type.startswith(("text/plain", "multipart/")):
        pieces, rest = uuencode.unpack(payload)
        return Packed(pieces, rest) if pieces else None
    if payload.startswith(tnef.SIGNATURE):
        stream = tnef.unpack(payload)
        return Packed(stream.pieces, b"", stream.text, stream.html) if stream else None
    return None
