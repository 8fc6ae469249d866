"""Many SMTP sessions at once, each sending mail after mail, with as little effort as can be.

The client works on the machine that is measured. So it builds all bytes beforehand, and then does
nothing but wait for a socket, read a reply and write what comes next.
"""

import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.bench.mix import Letter
from gateway.errors import Transient

_PATIENCE = 60.0
"""Seconds without any reply after which the server counts as hung."""


@dataclass(frozen=True, slots=True)
class Sent:
    """How long it took, in seconds from the first connection to the last final reply.

    `latencies` are the seconds from the final dot to its reply, one for each mail. `effort` is
    what the client itself used of a processor, in seconds.
    """

    seconds: float
    latencies: tuple[float, ...]
    effort: float


def send(port: int, letters: Sequence[Letter], sessions: int) -> Sent:
    """Send all mails to a server on 127.0.0.1. Raises Transient if one is not accepted."""
    ready = [_wire_form(letter) for letter in letters]
    shares = [ready[first::sessions] for first in range(sessions)]
    begin, effort = time.perf_counter(), time.process_time()
    with selectors.DefaultSelector() as selector:
        dialogs = [_Dialog(port, share, selector) for share in shares if share]
        try:
            _run(selector)
        finally:
            for dialog in dialogs:
                dialog.socket.close()
    seconds, effort = time.perf_counter() - begin, time.process_time() - effort
    latencies = tuple(latency for dialog in dialogs for latency in dialog.latencies)
    return Sent(seconds, latencies, effort)


def _run(selector: selectors.BaseSelector) -> None:
    """Serve every socket until all have said goodbye."""
    while selector.get_map():
        ready = selector.select(_PATIENCE)
        if not ready:
            raise Transient("the server has said nothing for a minute")
        for key, _ in ready:
            key.data.go_on()


class _Dialog:
    """One session: what is still to be said, and which reply is due before it."""

    def __init__(
        self, port: int, share: Sequence[tuple[bytes, ...]], selector: selectors.BaseSelector
    ) -> None:
        self.latencies: list[float] = []
        self._steps = _steps(share)
        self._due, self._rest = b"220", memoryview(b"")
        self._reply = b""
        self._dot_at = 0.0
        self._selector = selector
        self.socket = socket.create_connection(("127.0.0.1", port), _PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(0)
        selector.register(self.socket, selectors.EVENT_READ, self)

    def go_on(self) -> None:
        """Do what the socket is ready for: more of a mail, or a reply and what comes after it."""
        if self._rest:
            self._write()
            return
        try:
            self._reply += self.socket.recv(4096) or b"nothing, and hung up\n"
        except BlockingIOError:
            return
        line = self._reply.rfind(b"\n", 0, -1) + 1
        if not self._reply.endswith(b"\n") or self._reply[line + 3 : line + 4] == b"-":
            return
        if not self._reply.startswith(self._due):
            raise Transient(f"the server said {self._reply!r} where {self._due!r} was due")
        self._reply = b""
        self._next()

    def _next(self) -> None:
        if self._dot_at:
            self.latencies.append(time.perf_counter() - self._dot_at)
            self._dot_at = 0.0
        step = next(self._steps, None)
        if step is None:
            self._selector.unregister(self.socket)
            return
        said, self._due = step
        self._rest = memoryview(said)
        self._write()

    def _write(self) -> None:
        """Write as much as fits; a mail that is out begins to wait for its reply."""
        try:
            written = self.socket.send(self._rest)
        except BlockingIOError:
            written = 0
        whole = written == len(self._rest)
        if whole and bytes(self._rest[-3:]) == b".\r\n":
            self._dot_at = time.perf_counter()
        self._rest = self._rest[written:]
        wanted = selectors.EVENT_READ if whole else selectors.EVENT_WRITE
        if self._selector.get_key(self.socket).events != wanted:
            self._selector.modify(self.socket, wanted, self)


def _steps(share: Sequence[tuple[bytes, ...]]) -> Iterator[tuple[bytes, bytes]]:
    """Give what to say, and the code of the reply to it."""
    yield b"EHLO bench.example\r\n", b"250"
    for mail, rcpt, content in share:
        yield mail, b"250"
        yield rcpt, b"250"
        yield b"DATA\r\n", b"354"
        yield content, b"250"
    yield b"QUIT\r\n", b"221"


def _wire_form(letter: Letter) -> tuple[bytes, bytes, bytes]:
    stuffed = letter.content.replace(b"\r\n.", b"\r\n..") + b".\r\n"
    return (
        f"MAIL FROM:<{letter.sender}>\r\n".encode(),
        f"RCPT TO:<{letter.recipient}>\r\n".encode(),
        stuffed,
    )
