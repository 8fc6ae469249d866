"""An IMAP connection (RFC 9051) whose bytes we read, check and wait for ourselves.

Below IMAPClient, in the place of imaplib's own socket handling, for four things that neither
does: no control byte leaves in a command, memory is bounded whatever the server sends, nothing
that came before TLS is believed after it, and a notification that arrived together with the
answer to IDLE is not overlooked.
"""

import imaplib
import selectors
import socket
import ssl
from collections.abc import Callable
from typing import Any

_LONGEST_LINE = 1024 * 1024
_CONTROL = frozenset([*range(0x20), 0x7F])

# Two minutes until a peer that vanished is noticed: first probe, interval, number of probes.
_KEEP_ALIVE = (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 3))


class Connection(imaplib.IMAP4):
    """A connection that imaplib speaks through.

    `timeout` holds until the greeting was read. `context` makes it TLS from the start.
    `longest_literal` bounds what the server can make us hold. `opened` learns of the socket as
    soon as there is one, so that another thread can cut it while we wait for a greeting.
    """

    sock: socket.socket

    def __init__(
        self,
        host: str,
        port: int,
        timeout: float,
        context: ssl.SSLContext | None,
        longest_literal: int,
        opened: Callable[[socket.socket], None],
    ) -> None:
        self._context = context
        self._longest_literal = longest_literal
        self._opened = opened
        self._received = bytearray()
        self._received_from: socket.socket | None = None
        super().__init__(host, port, timeout)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        sock = socket.create_connection((self.host, self.port), timeout)
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for name, value in _KEEP_ALIVE:
                if hasattr(socket, name):
                    sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
            if self._context is not None:
                sock = self._context.wrap_socket(
                    sock, server_hostname=self.host, do_handshake_on_connect=False
                )
            self._opened(sock)
            if isinstance(sock, ssl.SSLSocket):
                sock.do_handshake()
        except BaseException:
            sock.close()
            raise
        return sock

    def send(self, data: Any) -> None:  # noqa: ANN401  what imaplib calls a buffer
        """Send one line or a part of one. Raises ValueError if it would be more than one line.

        Commands that take mails as literals would be refused, too; a source has none.
        """
        line = bytes(data).removesuffix(b"\r\n")
        if not _CONTROL.isdisjoint(line):
            raise ValueError("a control character must not go to an IMAP server")
        self.sock.sendall(data)

    def readline(self) -> bytes:
        """Read a line with its CRLF; b"" at the end of the connection."""
        self._check_origin()
        searched = 0
        while (end := self._received.find(b"\n", searched)) < 0:
            searched = len(self._received)
            if searched > _LONGEST_LINE:
                raise self.abort(f"the server sent a line of more than {_LONGEST_LINE} bytes")
            data = self.sock.recv(64 * 1024)
            if not data:
                return b""
            self._received += data
        line = bytes(self._received[: end + 1])
        del self._received[: end + 1]
        return line

    def read(self, size: int) -> bytes:
        """Read a literal of `size` bytes."""
        self._check_origin()
        if size > self._longest_literal:
            raise self.abort(f"the server sent a literal of {size} bytes")
        literal = bytearray(size)
        filled = min(size, len(self._received))
        literal[:filled] = self._received[:filled]
        del self._received[:filled]
        with memoryview(literal) as view:
            while filled < size:
                count = self.sock.recv_into(view[filled:])
                if not count:
                    raise self.abort("the connection ended within a literal")
                filled += count
        return bytes(literal)

    def _check_origin(self) -> None:
        """Refuse what an attacker put in front of the TLS handshake (CVE-2021-33515 and others)."""
        if self.sock is not self._received_from:
            if self._received:
                raise self.abort("the server said something between STARTTLS and TLS")
            self._received_from = self.sock

    def news(self) -> bool:
        """Say whether the server spoke of the number of mails since the last time that we asked."""
        return self.untagged_responses.pop("EXISTS", None) is not None

    def idle_until(self, seconds: float, wake: socket.socket) -> None:
        """Use IDLE (RFC 2177) until the server says anything, `wake` is readable or time is up.

        Raises OSError or imaplib's errors when the connection proves dead, at the latest when the
        answer to DONE is not there in time.
        """
        tag = self._command("IDLE")
        while self._get_response() is not None:
            if self.tagged_commands[tag]:
                break  # The server refuses; its answer is looked at below.
        else:
            if "EXISTS" not in self.untagged_responses:
                self._wait(seconds, wake)
            self.send(b"DONE\r\n")
        status, answer = self._command_complete("IDLE", tag)
        if status != "OK":
            raise self.error(f"IDLE failed: {answer[-1]!r}")

    def _wait(self, seconds: float, wake: socket.socket) -> None:
        unread = self.sock.pending() if isinstance(self.sock, ssl.SSLSocket) else 0
        if self._received or unread:
            return
        with selectors.DefaultSelector() as selector:
            selector.register(self.sock, selectors.EVENT_READ)
            selector.register(wake, selectors.EVENT_READ)
            selector.select(seconds)
