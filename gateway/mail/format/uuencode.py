"""Files that programs older than MIME put into the text of a mail: uuencode (POSIX, `uuencode`).

`begin MODE NAME`, then lines that begin with their length, then a line of length nought and `end`.
Only what keeps to that from begin to end is a file; anything else stays text. One pass.
"""

import binascii
import re

from gateway.mail.format.charset import decode
from gateway.mail.format.packed_file import MAX_PIECES, PackedFile

_BEGIN = re.compile(rb"^begin [0-7]{3,4}(?: ([^\r\n]{0,255}))?\r?$", re.MULTILINE)
# Lines that begin like a file, for each file.
_MAX_BEGINS = 10
_NOUGHT = (b"", b"`", b" ")
_LONGEST_LINE = 1 + 4 * 21 + 2


def unpack(text: bytes, most: int = MAX_PIECES) -> tuple[tuple[PackedFile, ...], bytes]:
    """Take up to so many uuencoded files out of a text: the files, and the text without them."""
    if b"begin " not in text:
        return (), text
    pieces: list[PackedFile] = []
    kept: list[bytes] = []
    position = 0
    for _ in range(_MAX_BEGINS * most):
        begin = _BEGIN.search(text, position) if len(pieces) < most else None
        if begin is None:
            break
        content, end = _lines(text, begin.end() + 1)
        kept.append(text[position : begin.start() if end >= 0 else begin.end()])
        if end >= 0:
            pieces.append(PackedFile(decode(begin.group(1) or b"").strip(), content))
        position = end if end >= 0 else begin.end()
    kept.append(text[position:])
    return tuple(pieces), b"".join(kept)


def payload(body: bytes) -> bytes:
    """Undo the transfer encoding `x-uuencode`: the file in a body; a body with none as it is."""
    pieces, _ = unpack(body, 1)
    return pieces[0].content if pieces else body


def _lines(text: bytes, position: int) -> tuple[bytes, int]:
    """Decode the lines from a position to `end`, and say where the text goes on; -1 if it fails.

    A file has at least one line of data, or prose about uuencode would be one. What a relay cut
    off at the end of the mail is a file all the same.
    """
    out: list[bytes] = []
    while position < len(text):
        line_end = text.find(b"\n", position, position + _LONGEST_LINE)
        if line_end < 0 and len(text) - position >= _LONGEST_LINE:
            return b"", -1
        line = text[position : line_end if line_end >= 0 else len(text)].rstrip(b"\r")
        position = line_end + 1 if line_end >= 0 else len(text)
        if line == b"end":
            return b"".join(out), (position if out else -1)
        if line in _NOUGHT:
            continue
        try:
            # Some encoders add a check character, which the length in front tells apart.
            out.append(binascii.a2b_uu(line[: ((line[0] - 32 & 63) * 4 + 5) // 3]))
        except binascii.Error:
            return b"", -1
        # Blanks at the end, which old encoders write for zeros, get lost on the way, but a first
        # line that says more than it holds is prose.
        if not out[-1] or (len(out) == 1 and len(line) + 8 < len(out[-1]) // 3 * 4):
            return b"", -1
    return b"".join(out), (len(text) if len(out) > 1 else -1)
