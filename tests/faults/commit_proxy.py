"""A proxy between a daemon and PostgreSQL that cuts a connection exactly at COMMIT.

Before it is passed on nothing is committed; after it is passed on, and before its answer, all is,
and the daemon can't know.
"""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

_COMMIT = b"COMMIT\x00"
# A statement that psycopg has prepared goes by this name from then on.
_PREPARED = re.compile(rb"P....(_pg3_\d+)\x00([^\x00]*)", re.DOTALL)
_BOUND = re.compile(rb"B....\x00?(_pg3_\d+)\x00", re.DOTALL)


class Moment(StrEnum):
    """When a connection is cut."""

    BEFORE = "before it reaches the server"
    AFTER = "before the answer comes back"


@dataclass(slots=True)
class CommitProxy:
    """Cuts the next `cuts` connections that commit a transaction with these `words` in it."""

    server: Path
    port: int = 0
    moment: Moment = Moment.BEFORE
    words: bytes = b""
    cuts: int = 0
    done: int = 0
    open: list[socket.socket] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def arm(self, moment: Moment, words: bytes, cuts: int) -> None:
        """Say what is cut from now on."""
        with self._lock:
            self.moment, self.words, self.cuts, self.done = moment, words, cuts, 0

    def cut_all(self) -> None:
        """Cut every connection there is, idle or not."""
        with self._lock:
            victims, self.open = self.open, []
        for one in victims:
            _hang_up(one)

    def is_due(self) -> bool:
        """Say whether a commit is to be cut; it counts as such."""
        with self._lock:
            if not self.cuts:
                return False
            self.cuts -= 1
            self.done += 1
            return True

    def serve(self, client: socket.socket) -> None:
        """Pass everything on, both ways, until a connection is cut or ends."""
        server = socket.socket(socket.AF_UNIX)
        server.settimeout(30)
        try:
            server.connect(str(self.server))
        except OSError:
            client.close()
            return
        server.settimeout(None)
        with self._lock:
            self.open += [client, server]
        way = _Way(self, client, server)
        threading.Thread(target=way.back, daemon=True).start()
        way.there()


@dataclass(slots=True)
class _Way:
    """One connection, with what its transaction has said so far."""

    proxy: CommitProxy
    client: socket.socket
    server: socket.socket
    told: bytes | None = None
    silent: bool = False
    names: dict[bytes, bytes] = field(default_factory=dict)

    def there(self) -> None:
        with suppress(OSError):
            while data := self.client.recv(1 << 16):
                self._listen(data)
                if _COMMIT in data and self.told == self.proxy.words and self.proxy.is_due():
                    self._cut(data)
                    break
                if _COMMIT in data:
                    self.told = None
                self.server.sendall(data)
        _hang_up(self.client)
        _hang_up(self.server)

    def back(self) -> None:
        with suppress(OSError):
            while data := self.server.recv(1 << 16):
                if self.silent:
                    break
                self.client.sendall(data)
        _hang_up(self.client)
        _hang_up(self.server)

    def _listen(self, data: bytes) -> None:
        words = self.proxy.words
        self.names |= dict(_PREPARED.findall(data))
        bound = (self.names.get(name, b"") for name in _BOUND.findall(data))
        if words in data or any(words in text for text in bound):
            self.told = words

    def _cut(self, data: bytes) -> None:
        if self.proxy.moment is Moment.AFTER:
            # The answer ends the other direction, and goes nowhere.
            self.silent = True
            self.server.sendall(data)
            with suppress(OSError):
                self.server.settimeout(5)
                while self.server.fileno() >= 0 and self.server.recv(1, socket.MSG_PEEK):
                    pass


def _hang_up(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@contextmanager
def proxied(server: Path) -> Iterator[CommitProxy]:
    """Listen on a free port of loopback before a server's Unix socket."""
    proxy = CommitProxy(server)
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        proxy.port = listening.getsockname()[1]

        def accept() -> None:
            with suppress(OSError):
                while True:
                    client, _ = listening.accept()
                    threading.Thread(target=proxy.serve, args=(client,), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(10)
            proxy.cut_all()
