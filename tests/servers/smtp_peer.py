"""An SMTP server that does exactly what a test says: refuses, stalls or hangs up at any point.

It speaks just enough SMTP for one client, in a thread for each connection.
"""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import BinaryIO, Self

# Instead of a reply.
HANG_UP = "hang up"
STALL = "stall"
# A reply of ever more lines, until the client has had enough.
ENDLESS = "endless"

_USUAL = {
    "CONNECT": "220 peer ESMTP",
    "STARTTLS": "220 go ahead",
    "AUTH": "235 2.7.0 welcome",
    "MAIL": "250 2.1.0 ok",
    "RCPT": "250 2.1.5 ok",
    "DATA": "354 go ahead",
    # Once some of the text was read, in the middle of it.
    "TEXT": "",
    "DOT": "250 2.0.0 taken",
    "RSET": "250 2.0.0 ok",
    "QUIT": "221 2.0.0 bye",
}


class _HangUp(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail that was kept, with its envelope as it came over the wire; `text` is unstuffed."""

    mail_from: str
    rcpt_to: str
    text: bytes


@dataclass(slots=True)
class Peer:
    """The server. `script` has the replies at each point in turn; the last one stays.

    Without a word at a point the usual is said; `reached` has the points in their order. `keeps`
    says, before the final reply, whether the mail is kept. `immediate_tls` and STARTTLS take `tls`.
    """

    script: dict[str, list[str]] = field(default_factory=dict)
    features: tuple[str, ...] = ("SIZE 1000000", "8BITMIME")
    tls: ssl.SSLContext | None = None
    immediate_tls: bool = False
    keeps: bool = True
    taken: list[Taken] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    reached: list[str] = field(default_factory=list)
    _over: bool = False
    _listening: set[socket.socket] = field(default_factory=set)
    _met: int = 0
    _going_on: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def verbs(self) -> list[str]:
        """Give the verbs that were heard, in their order."""
        return [command.split(" ")[0].upper() for command in self.commands]

    def go_on(self) -> None:
        """End all stalling: what the script has by now is said."""
        self._going_on.set()

    def meet(self, script: dict[str, list[str]]) -> None:
        """Follow a script from now on, with new connections; old ones end, but for a reply due."""
        with self._lock:
            self.script = script
            self._met += 1
            for connection in self._listening:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def _reply(self, point: str) -> str:
        with self._lock:
            replies = self.script.get(point) or [_USUAL.get(point, "500 5.5.1 what?")]
            return replies.pop(0) if len(replies) > 1 else replies[0]

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
                self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(20)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(OSError, _HangUp), _Line(self, connection) as line:
            if self.immediate_tls:
                line.encrypt()
            met = self._met
            self._say(line, "CONNECT")
            self._converse(line, met)
        connection.close()

    def _command(self, line: "_Line", met: int) -> bytes:
        """Hear a command, b"" from who has gone; who met another script is not heard any more."""
        with self._lock:
            if met != self._met:
                raise _HangUp
            self._listening.add(line.connection)
        try:
            return line.read_bytes()
        finally:
            with self._lock:
                self._listening.discard(line.connection)

    def _converse(self, line: "_Line", met: int) -> None:
        envelope = {"MAIL": "", "RCPT": ""}
        # An empty line is a command, too: it ends some logins.
        while said := self._command(line, met):
            command = said.decode("utf-8").removesuffix("\r\n")
            with self._lock:
                self.commands.append(command)
            verb = command.split(" ")[0].upper()
            if verb in {"EHLO", "HELO"}:
                features = ("peer", *self.features)
                last = len(features) - 1
                usual = "\r\n".join(
                    f"250{' ' if i == last else '-'}{feature}" for i, feature in enumerate(features)
                )
                line.write(usual if "EHLO" not in self.script else self._reply("EHLO"))
                continue
            if verb in envelope:
                envelope[verb] = command
            reply = self._say(line, verb)
            if verb == "QUIT":
                return
            if verb == "STARTTLS" and reply.startswith("220"):
                line.encrypt()
            if verb == "DATA" and reply.startswith("354"):
                self._text(line, envelope)

    def _text(self, line: "_Line", envelope: dict[str, str]) -> None:
        lines: list[bytes] = []
        while (read := line.read_bytes()) != b".\r\n":
            if not read:
                raise _HangUp
            lines.append(read.removeprefix(b"."))
            if len(lines) == 1:
                self._say(line, "TEXT")
        if self.keeps:
            taken = Taken(envelope["MAIL"], envelope["RCPT"], b"".join(lines))
            with self._lock:
                self.taken.append(taken)
        self._say(line, "DOT")

    def _say(self, line: "_Line", point: str) -> str:
        with self._lock:
            self.reached.append(point)
        reply = self._reply(point)
        if reply == STALL:
            self._going_on.wait(60)
            if self._over:
                raise _HangUp
            reply = self._reply(point)
        if reply == HANG_UP:
            raise _HangUp
        while reply == ENDLESS and not self._over:
            line.write("250-and so on")
        if reply:
            line.write(reply)
        return reply


class _Line:
    """The connection as lines, perhaps through TLS."""

    def __init__(self, peer: Peer, connection: socket.socket) -> None:
        self._peer = peer
        self._socket = connection
        self._file: BinaryIO = connection.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._socket.close()

    @property
    def connection(self) -> socket.socket:
        return self._socket

    def encrypt(self) -> None:
        assert self._peer.tls is not None
        self._file.close()
        self._socket = self._peer.tls.wrap_socket(self._socket, server_side=True)
        self._file = self._socket.makefile("rb")

    def read_bytes(self) -> bytes:
        return self._file.readline()

    def write(self, text: str) -> None:
        self._socket.sendall(text.encode() + b"\r\n")


@contextmanager
def running(peer: Peer, port: int = 0) -> Iterator[Peer]:
    """Run a peer on a loopback port, any free one unless told."""
    with socket.create_server(("127.0.0.1", port)) as listening:
        peer.port = listening.getsockname()[1]
        thread = threading.Thread(target=peer._accept, args=(listening,), daemon=True)  # noqa: SLF001
        thread.start()
        try:
            yield peer
        finally:
            peer._over = True  # noqa: SLF001
            peer.go_on()
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(20)
            for served in peer._threads:  # noqa: SLF001
                served.join(1)
