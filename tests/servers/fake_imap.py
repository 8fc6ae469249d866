"""A scripted IMAP server: one mailbox in memory, every line that came in kept, faults on demand.

For what a real server never does, or does once in a year.
"""

import contextlib
import re
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

GREETING = "* OK ready"
CAPABILITIES = "IMAP4rev1 AUTH=PLAIN IDLE MOVE UIDPLUS"


@dataclass(slots=True)
class FakeImap:
    """A mailbox's state and a script; `answers` overrides what is said to a command.

    An answer gets the connection and the command's tag and rest, and returns the tagged status,
    "" for none.
    """

    greeting: str = GREETING
    capabilities: str = CAPABILITIES
    mails: dict[int, bytes] = field(default_factory=dict)
    keywords: dict[int, str] = field(default_factory=dict)
    uidvalidity: int = 7
    permanent_flags: str = r"\Seen \*"
    lines: list[bytes] = field(default_factory=list)
    answers: dict[str, Callable[["Dialog", str, str], str]] = field(default_factory=dict)
    port: int = 0

    def commands(self) -> list[str]:
        """Give the commands that came, each with its UID prefix and without its arguments."""
        found = (re.match(rb"\w+ (UID \w+|\w+)", line) for line in self.lines)
        return [match[1].decode().upper() for match in found if match]


class Dialog(socketserver.StreamRequestHandler):
    """One connection to the server."""

    fake: FakeImap
    # An answer of several lines would wait for the client's delayed acknowledgement of the first.
    disable_nagle_algorithm = True

    def say(self, text: str | bytes) -> None:
        """Send a line."""
        self.wfile.write((text.encode() if isinstance(text, str) else text) + b"\r\n")

    def hear(self) -> bytes:
        """Take a line, and keep it."""
        line = self.rfile.readline()
        if line:
            self.fake.lines.append(line)
        return line

    def handle(self) -> None:
        """Speak IMAP until the client leaves, politely or not."""
        with contextlib.suppress(OSError):
            self._speak()

    def _speak(self) -> None:
        self.say(self.fake.greeting)
        while line := self.hear():
            match = re.fullmatch(r"(\w+) (UID \w+|\w+) ?(.*)", line.decode().strip(), re.IGNORECASE)
            if not match:
                self.say("* BAD what?")
                continue
            tag, verb, rest = match[1], match[2].upper(), match[3]
            answer = self.fake.answers.get(verb) or ANSWERS.get(verb, _unknown)
            status = answer(self, tag, rest)
            if status:
                self.say(f"{tag} {status}")
            if verb == "LOGOUT":
                return


def _unknown(*_: object) -> str:
    return "BAD unknown command"


def _done(*_: object) -> str:
    return "OK done"


def _capability(dialog: Dialog, _tag: str, _rest: str) -> str:
    dialog.say(f"* CAPABILITY {dialog.fake.capabilities}")
    return "OK done"


def _authenticate(dialog: Dialog, _tag: str, _rest: str) -> str:
    dialog.say("+ ")
    dialog.hear()
    return "OK done"


def _select(dialog: Dialog, _tag: str, _rest: str) -> str:
    dialog.say(f"* {len(dialog.fake.mails)} EXISTS")
    dialog.say("* FLAGS ()")
    dialog.say(f"* OK [PERMANENTFLAGS ({dialog.fake.permanent_flags})] kept")
    dialog.say(f"* OK [UIDVALIDITY {dialog.fake.uidvalidity}] valid")
    return "OK [READ-WRITE] done"


def _examine(dialog: Dialog, tag: str, rest: str) -> str:
    _select(dialog, tag, rest)
    return "OK [READ-ONLY] done"


def _uids(dialog: Dialog, text: str) -> list[int]:
    """Read a set of UIDs; `n:*` always means the highest one, too."""
    known = sorted(dialog.fake.mails)
    if text.endswith(":*"):
        first = int(text.removesuffix(":*"))
        return [uid for uid in known if uid >= first] or known[-1:]
    return [uid for uid in known if str(uid) in text.split(",")]


def _search(dialog: Dialog, _tag: str, rest: str) -> str:
    uids = (
        sorted(dialog.fake.mails) if rest == "ALL" else _uids(dialog, rest.rsplit(maxsplit=1)[-1])
    )
    dialog.say("* SEARCH " + " ".join(map(str, uids)))
    return "OK done"


def fetch(dialog: Dialog, _tag: str, rest: str) -> str:
    """Answer FETCH truly; for scripts that fail only for some mails."""
    numbers = {uid: n for n, uid in enumerate(sorted(dialog.fake.mails), 1)}
    for uid in _uids(dialog, rest.split(maxsplit=1)[0]):
        content = dialog.fake.mails[uid]
        if "BODY.PEEK[]" in rest:
            start = f"* {numbers[uid]} FETCH (UID {uid} BODY[] {{{len(content)}}}\r\n"
            dialog.say(start.encode() + content + b")")
        else:
            date = '"01-Mar-2026 10:00:00 +0000"'
            size = f"RFC822.SIZE {len(content)} INTERNALDATE {date}"
            dialog.say(f"* {numbers[uid]} FETCH (UID {uid} {size})")
    return "OK done"


def _store(dialog: Dialog, _tag: str, rest: str) -> str:
    for uid in _uids(dialog, rest.split(maxsplit=1)[0]):
        dialog.fake.keywords[uid] = rest.partition("(")[2].rstrip(")")
    return "OK done"


def _remove(dialog: Dialog, _tag: str, rest: str) -> str:
    for uid in _uids(dialog, rest.split(maxsplit=1)[0]):
        del dialog.fake.mails[uid]
    return "OK done"


def _idle(dialog: Dialog, _tag: str, _rest: str) -> str:
    dialog.say("+ idling")
    dialog.hear()
    return "OK done"


def _logout(dialog: Dialog, _tag: str, _rest: str) -> str:
    dialog.say("* BYE")
    return "OK done"


ANSWERS: dict[str, Callable[[Dialog, str, str], str]] = {
    "CAPABILITY": _capability,
    "LOGIN": _done,
    "AUTHENTICATE": _authenticate,
    "SELECT": _select,
    "EXAMINE": _examine,
    "UID SEARCH": _search,
    "UID FETCH": fetch,
    "UID STORE": _store,
    "UID COPY": _done,
    "UID MOVE": _remove,
    "UID EXPUNGE": _remove,
    "IDLE": _idle,
    "LOGOUT": _logout,
}


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False


@contextmanager
def serving(fake: FakeImap) -> Iterator[FakeImap]:
    """Run the server on a port of loopback."""

    class Bound(Dialog):
        """A connection to this very server."""

    Bound.fake = fake
    with _Server(("127.0.0.1", 0), Bound) as server:
        fake.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield fake
        finally:
            server.shutdown()
            thread.join()
