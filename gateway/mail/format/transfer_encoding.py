"""The transfer encodings (RFC 2045 section 6) undone, also where programs did not keep to them."""

import binascii
import re

from gateway.mail.format import uuencode

# Names of one transfer encoding that was never registered.
_UUENCODED = frozenset({"x-uuencode", "uuencode", "x-uue", "uue", "x-uu"})

# How much of a first line says whether it is base64, and what does not occur in that.
_SAMPLE = 1000
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\r\n]")
# The end of base64 with a whole line of base64 below it.
_PIECE_END = re.compile(
    rb"(?<==)\r?\n(?=[A-Za-z0-9+/])(?=(?:[A-Za-z0-9+/]{4}){0,257}+"
    rb"(?:[A-Za-z0-9+/]{2}(?:[A-Za-z0-9+/]=|==))?+(?:\r?\n|\Z))"
)
# Far more than programs write; each costs memory.
_MOST_PIECES = 100_000
_MOST_SOFT_BREAKS = 50_000
_LONGEST_END = len("==\r\n\r\n")
_SOFT_BREAK = re.compile(rb"=[ \t]+(?=\r?\n)")


def decode(body: bytes, encoding: str, *, is_text: bool) -> bytes:
    """Undo the encoding of that name, in lower case; a body in an unknown one as it is."""
    if encoding == "base64":
        return body if is_text and _is_prose(body) else base64_bytes(_without_foot(body))
    if encoding == "quoted-printable":
        return binascii.a2b_qp(_with_soft_breaks(body))
    if encoding in _UUENCODED:
        return uuencode.payload(body)
    return body


def base64_bytes(data: bytes) -> bytes:
    """Decode base64 as every mail program does: what is no base64 is skipped, the end is mended.

    Some programs encode a file in pieces, each with an end of its own, and set them together.
    """
    if data.find(b"=", 0, -_LONGEST_END) < 0:
        return _base64_piece(data)
    return b"".join(map(_base64_piece, _PIECE_END.split(data, _MOST_PIECES)))


def _base64_piece(data: bytes) -> bytes:
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        usable = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
        usable = usable[: len(usable) - 1] if len(usable) % 4 == 1 else usable
        return binascii.a2b_base64(usable + b"=" * (-len(usable) % 4))


def _is_prose(body: bytes) -> bool:
    """Say whether a text that is declared to be base64 was never encoded.

    Its first line tells; lists and scanners add lines of their own to what was encoded.
    """
    first = body[:_SAMPLE].lstrip().partition(b"\n")[0]
    foreign = len(_NOT_BASE64.findall(first))
    return foreign > 3 and foreign * 20 > len(first)


def _without_foot(body: bytes) -> bytes:
    """Take from base64 what a list put under it, or a delimiter that fits no boundary.

    Their letters would be read as base64, too, where the end of it is not marked.
    """
    for line in (b"\n--", b"\n__"):
        body = body[: body.find(line)] if line in body else body
    return body


def _with_soft_breaks(body: bytes) -> bytes:
    """Take the blanks away that were added behind soft line breaks (RFC 2045 section 6.7)."""
    if b"= " not in body and b"=\t" not in body:
        return body
    return _SOFT_BREAK.sub(b"=", body, count=_MOST_SOFT_BREAKS)
