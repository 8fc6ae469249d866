"""The mail's bytes between DATA and the final dot (RFC 5321 sections 4.1.1.4 and 4.5.2).

Works on whole chunks, never line by line: the cost of a mail is that of a few passes in C over its
bytes, whatever its lines look like, and memory is that of one chunk.
"""

from gateway.listener import replies

_END = b"\r\n.\r\n"
_STUFFED = b"\r\n."
_LINE_END = b"\r\n"


class Decoder:
    """Finds the end of the mail, takes out stuffed dots, and refuses what must not come in.

    Only CRLF.CRLF ends a mail. A bare CR or LF is a fault, since the next server might read a line
    end there and with it the end of the mail (SMTP smuggling, CVE-2023-51764). After a fault the
    rest is drained, so that the client hears of it. `wire` counts bytes as sent, `size` as meant
    (RFC 1870 section 3); a line is measured as sent, without its CRLF.
    """

    def __init__(self, message_size: int, line_length: int) -> None:
        """Start before the first byte of a mail."""
        self._message_size = message_size
        self._line_length = line_length
        # What may be the beginning of _END, and so can't be judged yet. A mail begins as if after
        # a line end, which is not part of it.
        self._held = _LINE_END
        self._skip = len(_LINE_END)
        self._line = -len(_LINE_END)
        self.size = 0
        self.wire = 0
        self.fault: replies.Reply | None = None
        self.ended = False

    @property
    def exhausted(self) -> bool:
        """Say that draining goes no further: nobody honest sends twice what we can take."""
        return self.wire > 2 * self._message_size

    def feed(self, chunk: bytes) -> tuple[bytes, bytes]:
        """Take the next bytes; give what they add to the mail, and what follows its end."""
        if not self.wire and not chunk.startswith(b"."):
            # What comes before the first line matters to a dot only.
            self._held, self._skip, self._line = b"", 0, 0
        data = self._held + chunk if self._held else chunk
        # Many a chunk of an attachment has no dot at all, which is quick to see.
        at = data.find(_END) if b"." in data else -1
        self.ended = at >= 0
        if self.ended:
            end, rest = at + len(_LINE_END), data[at + len(_END) :]
            self._held = b""
        else:
            end, rest = _undecided(data), b""
            self._held = data[end:]
        self.wire += len(chunk) - len(rest)
        return self._decoded(data, end), rest

    def _decoded(self, data: bytes, end: int) -> bytes:
        """Judge what is before `end`, with no half line end at its borders; give its content."""
        if self.fault or not end:
            return b""
        line_ends = data.count(_LINE_END, 0, end)
        if data.count(b"\n", 0, end) != line_ends or data.count(b"\r", 0, end) != line_ends:
            self.fault = replies.BARE_NEWLINE
        elif self._has_long_line(data, end):
            self.fault = replies.CONTENT_LINE_TOO_LONG
        # A dot behind what is skipped is a stuffed one.
        skip = self._skip + 1 if self._skip and data.startswith(_STUFFED) else self._skip
        content = data[skip:end]
        if b"." in content:
            content = content.replace(_STUFFED, _LINE_END)
        self._skip = 0
        self.size += len(content)
        if self.size > self._message_size:
            self.fault = self.fault or replies.MAIL_TOO_LARGE
        return b"" if self.fault else content

    def _has_long_line(self, piece: bytes, end: int) -> bool:
        """Step from line end to line end, over as many short lines at once as fit in a long one."""
        start = -self._line
        while end - start > self._line_length:
            reach = start + self._line_length + len(_LINE_END)
            newline = piece.rfind(b"\n", max(start, 0), min(reach, end))
            if newline < 0:
                return True
            start = newline + 1
        newline = piece.rfind(b"\n", max(start, 0), end)
        self._line = end - (newline + 1 if newline >= 0 else start)
        return False


def _undecided(data: bytes) -> int:
    """Give the place from which on `data` could be the beginning of _END."""
    for length in range(len(_END) - 1, 0, -1):
        if data.endswith(_END[:length]):
            return len(data) - length
    return len(data)
