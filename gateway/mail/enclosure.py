"""Files on outgoing mails: one MIME part each, encoded once however many mails bear it.

The type that a part states is ours, by the file's name, and never the sender's. Whatever a mail
program could run or draw (programs, HTML, SVG, invitations, mails) has none: it goes out as
`application/octet-stream`, under its own name, so that opening it is the reader's decision.
"""

import binascii
import re
from dataclasses import dataclass
from email import message_from_bytes
from urllib.parse import quote

from gateway.mail.format import filename, media_types

_LINE = 76
_BYTES_OF_A_LINE = 57
# Header block and delimiter of a part, with the longest name.
_AROUND = 1024
_SEGMENT = 60
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_.,()+-](?:[A-Za-z0-9 _.,()+-]{0,48}[A-Za-z0-9_.,()+-])?")
_UNKNOWN = "application/octet-stream"
# What is shown or heard, and what programs open that ask before they run what is in it.
_STATED = frozenset(
    {
        "application/gzip",
        "application/json",
        "application/msword",
        "application/pdf",
        "application/rtf",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.oasis.opendocument.presentation",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/zip",
        "image/avif",
        "image/bmp",
        "image/gif",
        "image/heic",
        "image/jpeg",
        "image/png",
        "image/tiff",
        "image/webp",
        "text/csv",
        "text/plain",
    }
)
_STATED_KINDS = ("audio/", "video/")
_MEANT = ["content-type", "content-transfer-encoding", "content-disposition"]


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file as a part of a mail: header block, blank line and body, with CRLF line ends."""

    part: bytes


def enclose(name: str, data: bytes) -> Enclosure:
    """Make a part of a file. Raises ValueError if its header would not be what was meant."""
    shown = filename.clean(name) or filename.made_up(_UNKNOWN, 0)
    head = (
        f"Content-Type: {stated_type(shown)}\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment;\r\n {_parameter(shown)}\r\n"
    ).encode("ascii")
    read = message_from_bytes(head + b"\r\n")
    if [field.lower() for field, _ in read.items()] != _MEANT:
        raise ValueError("a part of the composed mail has other header fields than were meant")
    return Enclosure(b"".join((head, b"\r\n", _base64(data))))


def enclosed_size(size: int) -> int:
    """Say how many bytes of a mail a file of that size takes up at most."""
    lines = -(-size // _BYTES_OF_A_LINE)
    return lines * (_LINE + 2) + _AROUND


def stated_type(name: str) -> str:
    """Give the media type that a part with a file of that name states."""
    own = media_types.media_type(name, _UNKNOWN)
    return own if own in _STATED or own.startswith(_STATED_KINDS) else _UNKNOWN


def _base64(data: bytes) -> bytes:
    """Encode in lines of 76 characters (RFC 2045 section 6.8)."""
    encoded = binascii.b2a_base64(data, newline=False)
    return b"\r\n".join(encoded[i : i + _LINE] for i in range(0, len(encoded), _LINE))


def _parameter(name: str) -> str:
    """Write a file name as a parameter, in pieces where it is long (RFC 2231 sections 3 and 4)."""
    if _PLAIN_NAME.fullmatch(name):
        return f'filename="{name}"'
    encoded = quote(name, safe="")
    pieces: list[str] = []
    while encoded:
        end = _SEGMENT
        # An encoded byte stays whole.
        end -= next((n for n in (1, 2) if encoded[end - n : end - n + 1] == "%"), 0)
        pieces.append(encoded[:end])
        encoded = encoded[end:]
    if len(pieces) == 1:
        return f"filename*=utf-8''{pieces[0]}"
    first, *rest = pieces
    written = [f"filename*0*=utf-8''{first}"]
    written += [f"filename*{place}*={piece}" for place, piece in enumerate(rest, 1)]
    return ";\r\n ".join(written)
