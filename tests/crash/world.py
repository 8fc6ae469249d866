"""The world outside of a daemon: an MSA, a DNS without names, mailboxes, clients that insist."""

import contextlib
import imaplib
import re
import smtplib
import socket
from dataclasses import dataclass, field
from threading import Event, Lock, Thread

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from crash.letters import MARKED, MOVED, Letter
from lib.reckoning import Delivery, Handed
from servers import process
from servers.dovecot import Dovecot

_KEYWORD = "$CasepostFiled"
_DONE = "Done"
_ANSWER_SECONDS = 10.0
_PAUSE = 0.02
# QR, RA and NXDOMAIN.
_NO_SUCH_NAME = b"\x81\x83"


class Msa:
    """Takes every mail, and keeps what it got since it was last emptied."""

    def __init__(self) -> None:
        """Listen on a free port."""
        self._lock = Lock()
        self._handed: list[Handed] = []
        self._controller = Controller(self, hostname="127.0.0.1", port=process.free_port())
        self._controller.start()
        self.port = self._controller.port

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a mail whose final dot has come, whether or not anybody waits for the reply."""
        del server, session
        assert isinstance(envelope.content, bytes)
        with self._lock:
            self._handed.append(Handed(envelope.content, 250))
        return "250 2.0.0 kept"

    def empty(self) -> tuple[Handed, ...]:
        """Give what it got, and forget it."""
        with self._lock:
            handed, self._handed = self._handed, []
        return tuple(handed)

    def stop(self) -> None:
        """Stop listening."""
        self._controller.stop()


class NoNames:
    """A DNS server that answers at once that there is no such name."""

    def __init__(self) -> None:
        """Listen on a free port."""
        self.port = process.free_port()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", self.port))
        Thread(target=self._serve, name="no-names", daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                question, peer = self._socket.recvfrom(4096)
                # Without the additional record that asks for large answers.
                self._socket.sendto(
                    question[:2]
                    + _NO_SUCH_NAME
                    + question[4:6]
                    + b"\0\0\0\0\0\0"
                    + _question(question),
                    peer,
                )

    def stop(self) -> None:
        """Stop answering."""
        self._socket.close()


def _question(packet: bytes) -> bytes:
    """Give the question's section: labels up to the root, type and class."""
    at = 12
    while packet[at]:
        at += packet[at] + 1
    return packet[12 : at + 5]


@dataclass(slots=True)
class Mailboxes:
    """The two mailboxes of a run, seen by whoever puts mail into them."""

    imap: Dovecot
    marked: str
    moved: str
    _clients: dict[str, imaplib.IMAP4] = field(default_factory=dict)
    _put: dict[str, list[int]] = field(default_factory=dict)

    def open(self) -> None:
        """Log in to both."""
        for name, user in ((MARKED, self.marked), (MOVED, self.moved)):
            client = imaplib.IMAP4("127.0.0.1", self.imap.imap, timeout=_ANSWER_SECONDS)
            client.login(user, self.imap.password)
            self._clients[name] = client
            self._put[name] = []
        self._clients[MOVED].create(_DONE)

    def put(self, letter: Letter) -> Delivery:
        """Put a mail into its mailbox; from then on it is the daemon's."""
        _, (said, *_) = self._clients[letter.mailbox].append("INBOX", "", "", letter.content)
        found = re.search(rb"APPENDUID (\d+) (\d+)", said)
        assert found is not None, said
        uidvalidity, uid = int(found[1]), int(found[2])
        self._put[letter.mailbox].append(uid)
        return letter.kept(uidvalidity, uid)

    def left(self) -> list[str]:
        """Give what is not as it must be in the end: a mail that is not marked, or moved twice."""
        marked = self._count(MARKED, "INBOX", "KEYWORD", _KEYWORD)
        counts = {
            "marked": (marked, len(self._put[MARKED])),
            "left where it was": (self._count(MOVED, "INBOX", "ALL"), 0),
            "moved": (self._count(MOVED, _DONE, "ALL"), len(self._put[MOVED])),
        }
        return [
            f"{count} mails are {what}, not {expected}"
            for what, (count, expected) in counts.items()
            if count != expected
        ]

    def close(self) -> None:
        """Log out."""
        for client in self._clients.values():
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                client.logout()

    def _count(self, name: str, folder: str, *wanted: str) -> int:
        client = self._clients[name]
        client.select(folder, readonly=True)
        _, (found, *_) = client.uid("SEARCH", *wanted)
        return len(found.split()) if isinstance(found, bytes) else 0


class Clients:
    """Hand in mails as MTAs do: each until it was accepted, over a new connection if need be."""

    def __init__(self, port: int, letters: list[list[Letter]]) -> None:
        """Prepare; each list is one client's, in its order."""
        self._port = port
        self._over = Event()
        self.accepted: list[Delivery] = []
        self._threads = [Thread(target=self._send, args=(own,)) for own in letters]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    @property
    def done(self) -> bool:
        """Say whether all was accepted."""
        return not any(thread.is_alive() for thread in self._threads)

    def stop(self) -> None:
        """Give up what was not accepted."""
        self._over.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()

    def _send(self, letters: list[Letter]) -> None:
        client: smtplib.SMTP | None = None
        for letter in letters:
            while not self._over.is_set():
                client = self._hand_in(client, letter)
                if client is not None:
                    self.accepted.extend(letter.delivered())
                    break
                self._over.wait(_PAUSE)
        if client is not None:
            client.close()

    def _hand_in(self, client: smtplib.SMTP | None, letter: Letter) -> smtplib.SMTP | None:
        """Send a mail; the connection if it was accepted, else None."""
        try:
            if client is None:
                client = smtplib.SMTP("127.0.0.1", self._port, timeout=_ANSWER_SECONDS)
            refused = client.sendmail(letter.sender, letter.recipients, letter.content)
        except (OSError, smtplib.SMTPException):
            if client is not None:
                client.close()
            return None
        return None if refused else client
