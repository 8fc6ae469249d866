"""SMTP's replies with an end: the standard library reads on for as long as the other side talks.

A server that never ends its reply, or sends a line of it now and then, would otherwise hold a
courier's thread and its memory for good; a time-out of the socket only bounds each read.
"""

import smtplib
import socket
import time

# RFC 5321 section 4.5.3.1.5 bounds a line; the longest replies are those to EHLO.
_MOST_LINES = 500
_MOST_AT_ONCE = 8192


class _Lines:
    """What the server says, a reply at a time; several that came together are read together."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._read = b""
        self._left = 0
        self._end = 0.0

    @property
    def waits(self) -> bool:
        """Whether something was read already that nobody has asked for."""
        return bool(self._read)

    def begin(self, seconds: float | None) -> None:
        """Begin a reply, which is to be whole within the socket's time-out."""
        self._left = _MOST_LINES
        self._end = time.monotonic() + seconds if seconds else float("inf")

    def readline(self, size: int) -> bytes:
        """Read a line, or the first `size` bytes. Raises OSError where the reply goes on and on."""
        if self._left == 0:
            raise OSError(f"a reply of more than {_MOST_LINES} lines")
        if time.monotonic() > self._end:
            raise TimeoutError("a reply that does not end in time")
        self._left -= 1
        while (end := self._read.find(b"\n", 0, size) + 1) == 0 and len(self._read) < size:
            more = self._socket.recv(_MOST_AT_ONCE)
            if not more:
                break
            self._read += more
        end = end or size
        line, self._read = self._read[:end], self._read[end:]
        return line

    def close(self) -> None:
        """Forget what was read."""
        self._read = b""


class Client(smtplib.SMTP):
    """An SMTP client that gives up on a reply without an end."""

    def getreply(self) -> tuple[int, bytes]:
        """Read a reply; what has no end is like a connection that is lost."""
        if self.sock is not None:
            if self.file is None:
                self.file = _Lines(self.sock)
            self.file.begin(self.sock.gettimeout())
        return super().getreply()


class SecureClient(Client, smtplib.SMTP_SSL):
    """The same, with TLS from the start."""
