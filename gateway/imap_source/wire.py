"""A mailbox on an IMAP server: the few commands that a source uses, with checked arguments.

The one place that gives IMAPClient anything to send, as it sends whatever it is given. Here texts
without control characters go in, numbers and bytes come out; `connection.py` looks at each line
once more.
"""

import contextlib
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from imapclient import DELETED, IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, IMAPClientReadOnlyError

from gateway.config.settings import TlsMode
from gateway.errors import Transient
from gateway.imap_source import fetched
from gateway.imap_source.connection import Connection
from gateway.oauth2.sasl import Showing

# Command lines stay within the 8192 octets that RFC 9051 section 4 asks of clients.
MOST_UIDS = 500
# A SEARCH response is one line of up to 11 octets a UID.
_SEARCHED_AT_ONCE = 50_000
_FAREWELL_SECONDS = 2.0

_ATOM = re.compile(r"[!#$&'+-\[^-z|}~]+")  # RFC 9051 `atom`, within printable ASCII


@dataclass(frozen=True, slots=True)
class Server:
    """Where a mailbox is and how it is reached; times are seconds, `longest_mail` is bytes."""

    host: str
    port: int
    tls: TlsMode
    ca_file: Path | None
    connect_timeout: float
    read_timeout: float
    longest_mail: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A folder as it was opened; `flags` are those that can be kept, None if the server is mum."""

    uidvalidity: int
    exists: int
    next_uid: int
    writable: bool
    flags: frozenset[str] | None

    def keeps(self, keyword: str) -> bool:
        r"""Say whether a keyword would stay on a mail; `\*` stands for any that is new."""
        return self.flags is None or not self.flags.isdisjoint({keyword.lower(), "\\*"})


@dataclass(frozen=True, slots=True)
class Listed:
    """A mail that was not fetched yet: its size in bytes and when the server got it, in UTC."""

    uid: int
    size: int
    internal_date: datetime


class _Client(IMAPClient):  # type: ignore[misc]  # untyped
    """IMAPClient on our connection."""

    def __init__(
        self,
        server: Server,
        context: ssl.SSLContext | None,
        opened: Callable[[socket.socket], None],
    ) -> None:
        self._server = server
        self._context = context
        self._opened = opened
        timeout = SocketTimeout(connect=server.connect_timeout, read=server.read_timeout)
        super().__init__(server.host, server.port, ssl=context is not None, timeout=timeout)
        self.normalise_times = False
        # It logs every line at its own level; mail and secrets are nobody's debugging output.
        self._imap.debug = 0

    def _create_IMAP4(self) -> Connection:  # noqa: N802  IMAPClient's name
        return Connection(
            self.host,
            self.port,
            self._server.connect_timeout,
            self._context,
            longest_literal=2 * self._server.longest_mail,
            opened=self._opened,
        )


class Mailbox:
    """A connection to one account; not for several threads, but for `cut`.

    Every method may raise OSError (TimeoutError among them) or imaplib's errors, and ValueError
    for an argument with a control character, before anything is sent.
    """

    def __init__(self, server: Server) -> None:
        """Start without a connection."""
        self._server = server
        self._socket: socket.socket | None = None
        self._client: Any = None

    def connect(self) -> None:
        """Connect, and make the connection safe as the server's `tls` says."""
        tls = self._server.tls
        context = None if tls is TlsMode.NONE else _context(self._server.ca_file)
        at_once = context if tls is TlsMode.TLS else None
        self._client = _Client(self._server, at_once, self._opened)
        if tls is TlsMode.STARTTLS:
            self._client.starttls(context)
            self._opened(self._connection.sock)

    def _opened(self, sock: socket.socket) -> None:
        self._socket = sock

    @property
    def _connection(self) -> Connection:
        found: Connection = self._client._imap  # noqa: SLF001  we made it
        return found

    def certificate(self) -> object:
        """Give what the server's certificate says, as `ssl` tells it; None without TLS."""
        sock = self._connection.sock
        return sock.getpeercert() if isinstance(sock, ssl.SSLSocket) else None

    def can(self, capability: str) -> bool:
        """Say whether the server has a capability."""
        return bool(self._client.has_capability(capability))

    def login(self, user: str, password: str) -> None:
        """Log in with a password: by SASL PLAIN, which takes all of UTF-8, or else by LOGIN."""
        _check(user, "user name")
        _check(password, "password")
        if self.can("AUTH=PLAIN"):
            self._client.plain_login(user, password)
        elif self.can("LOGINDISABLED"):
            raise Transient("the server offers no login by password on this connection")
        elif not (user.isascii() and password.isascii()):
            raise Transient("the server takes only ASCII in user names and passwords")
        else:
            quoted = user.replace("\\", "\\\\").replace('"', '\\"')
            self._client.login(f'"{quoted}"', password)  # imaplib quotes the password itself.

    def login_with_token(self, showing: Showing) -> None:
        """Log in with an OAuth2 access token."""
        self._client.sasl_login(showing.mechanism, showing.answer)

    def open(self, folder: str, *, to_write: bool) -> Opened:
        """Open a folder; one that cannot be written is opened to read."""
        _check(folder, "name of the folder")
        try:
            found = self._client.select_folder(folder, readonly=not to_write)
        except IMAPClientReadOnlyError:
            to_write = False
            found = self._client.select_folder(folder, readonly=True)
        self.news()
        flags = found.get(b"PERMANENTFLAGS")
        return Opened(
            uidvalidity=found.get(b"UIDVALIDITY", 0),
            exists=found.get(b"EXISTS", 0),
            next_uid=found.get(b"UIDNEXT", 0),
            writable=to_write,
            flags=None
            if flags is None
            else frozenset(flag.decode("latin-1").lower() for flag in flags),
        )

    def all_uids(self, exists: int) -> Iterator[list[int]]:
        """Give the UIDs of a folder of `exists` mails, ascending, some ten thousand at a time."""
        if exists <= _SEARCHED_AT_ONCE:
            yield self._search("ALL")
            return
        for first in range(1, exists + 1, _SEARCHED_AT_ONCE):
            yield self._search(f"{first}:{min(exists, first + _SEARCHED_AT_ONCE - 1)}")

    def uids_from(self, uid: int) -> list[int]:
        """Give the UIDs that are not below `uid`, and perhaps the highest, ascending."""
        return self._search("UID", f"{uid}:*")

    def still_there(self, uids: Sequence[int]) -> list[int]:
        """Give those of up to MOST_UIDS UIDs whose mails are in the folder."""
        return self._search("UID", ",".join(map(str, uids)))

    def _search(self, *criteria: str) -> list[int]:
        return sorted(set(self._client.search(list(criteria))))

    def news(self) -> bool:
        """Say whether the server spoke of the number of mails since the last time that we asked."""
        return self._connection.news()

    def measure(self, uids: Sequence[int]) -> list[Listed]:
        """Give size and age of up to MOST_UIDS mails; those that are gone are left out."""
        sizes = fetched.sizes(self._answer(uids, "(RFC822.SIZE INTERNALDATE)"))
        return [Listed(uid, *sizes[uid]) for uid in sorted(sizes.keys() & set(uids))]

    def fetch(self, uids: Sequence[int]) -> dict[int, bytes]:
        r"""Give whole mails, byte for byte, and leave \Seen alone; those gone are left out."""
        mails = fetched.mails(self._answer(uids, "(BODY.PEEK[])"))
        return {uid: mails[uid] for uid in uids if uid in mails}

    def _answer(self, uids: Sequence[int], items: str) -> Sequence[fetched.Record]:
        """Give what a server says of mails, and perhaps of others."""
        connection = self._connection
        status, answer = connection.uid("FETCH", ",".join(map(str, uids)), items)
        if status != "OK":
            raise IMAPClientError(f"FETCH failed: {answer[-1]!r}")
        return [] if answer == [None] else answer

    def newest_heads(self, exists: int, count: int) -> list[bytes]:
        r"""Give the header blocks of the newest of `exists` mails, and leave \Seen alone."""
        uids = self._search(f"{max(1, exists - count + 1)}:{exists}")
        fetched = self._client.fetch(uids, ["BODY.PEEK[HEADER]"]) if uids else {}
        found = [one.get(b"BODY[HEADER]") for one in fetched.values()]
        return [head for head in found if isinstance(head, bytes)]

    def set_keyword(self, uids: Sequence[int], keyword: str) -> None:
        """Set a keyword on mails."""
        if not _ATOM.fullmatch(keyword):
            raise ValueError("a keyword must be one word that IMAP takes as an atom")
        self._client.add_flags(uids, [keyword], silent=True)

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move mails to another folder (RFC 6851)."""
        self._client.move(uids, _check(folder, "name of the folder"))

    def copy_and_expunge(self, uids: Sequence[int], folder: str) -> None:
        """Do as `move`, on a server that has UIDPLUS only; touches no other deleted mail."""
        self._client.copy(uids, _check(folder, "name of the folder"))
        self._client.add_flags(uids, [DELETED], silent=True)
        self._client.uid_expunge(uids)

    def idle_until(self, seconds: float, wake: socket.socket) -> None:
        """Wait until the server has news, `wake` is readable or time is up."""
        self._connection.idle_until(seconds, wake)

    def cut(self) -> None:
        """End the connection under the thread that uses it; for another thread."""
        if self._socket is not None:
            # Not SSLSocket's own, which would take the TLS layer away from the thread that reads.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self, *, politely: bool) -> None:
        """Leave, if there is a connection; with LOGOUT if the server is believed to listen."""
        if self._client is None:
            return
        with contextlib.suppress(OSError, IMAPClient.Error):
            if politely:
                self._connection.sock.settimeout(_FAREWELL_SECONDS)
                self._client.logout()
        with contextlib.suppress(OSError):
            self._client.shutdown()


def _check(text: str, what: str) -> str:
    """Refuse control characters (RFC 9051 CTL); the text itself is not repeated."""
    if any(ord(c) < ord(" ") or ord(c) == 0x7F for c in text):
        raise ValueError(f"the {what} has a control character in it")
    return text


def _context(ca_file: Path | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except OSError as error:  # Also what OpenSSL thinks of it.
        raise Transient(f"ca_file {ca_file} cannot be used: {error.strerror}") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
