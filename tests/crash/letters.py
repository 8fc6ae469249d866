"""The mails of a run: what comes in, by which way, and what must come of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from lib.reckoning import Delivery, by_imap, by_smtp

HELP = "help@north.example"
SOUTH = "help@south.example"
ADA = "ada@north.example"
MARKED = "marked"
"""The mailbox whose mails get a keyword."""
MOVED = "moved"
"""The mailbox whose mails are moved."""

_OPENS = ("customer/acknowledge", "agent/new")
_LARGE = 60_000


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail on its way to us: by SMTP where `mailbox` is "", else put into that mailbox."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    mailbox: str = ""
    entries: int = 1
    answers: tuple[str, ...] = ()

    def delivered(self) -> list[Delivery]:
        """Give what we answer for once a client saw 250."""
        return [
            by_smtp(self.sender, recipient, self.content, self.entries, self.answers)
            for recipient in self.recipients
        ]

    def kept(self, uidvalidity: int, uid: int) -> Delivery:
        """Give what we answer for once it lies in its mailbox."""
        place = (self.mailbox, "INBOX", uidvalidity, uid)
        return by_imap(place, self.content, self.entries, self.answers)


@dataclass(frozen=True, slots=True)
class Before:
    """What was there before a run, and is answered in it: ids and addresses of mails of ours."""

    acknowledged: str
    """The Message-ID of the acknowledgement that Dan has."""
    reply_address: str
    """Where Ada's answer to Eve goes."""


def long_ago() -> list[Letter]:
    """Give mails that were filed so long ago that a customer is due to be reminded."""
    return [_first(name, SOUTH, (*_OPENS, "customer/reminder")) for name in ("bea", "cleo")]


def some_days_ago() -> list[Letter]:
    """Give mails that were filed long enough ago for an agent to be told."""
    return [_first(name, HELP, (*_OPENS, "agent/reminder")) for name in ("carl", "cem")]


def lately() -> list[Letter]:
    """Give mails that were filed before any run and are answered in it: of Dan, and of Eve."""
    return [_first(name, HELP, _OPENS) for name in ("dan", "eve")]


def _first(name: str, recipient: str, answers: tuple[str, ...]) -> Letter:
    mail = _mail(name, f"Paper of {name.title()}", f"{name}-first")
    return Letter(f"{name}@klant.example", (recipient,), mail, answers=answers)


def by_clients(before: Before | None) -> list[list[Letter]]:
    """Give what two clients hand in by SMTP, each one after the other."""
    alice = _mail("alice", "Alarm in the hall", "alice")
    again = b"Received: from elsewhere.example by mx.klant.example; again\r\n" + alice
    large = _mail("gina", "Pictures of the roof", "gina", body=_bulk("gina"))
    one = [
        _from("alice", alice, answers=_OPENS),
        _from("gina", large, answers=_OPENS),
        Letter("fay@klant.example", (HELP, SOUTH), _mail("fay", "Both", "fay"), entries=2),
    ]
    other = [
        _from("alice", again, answers=_OPENS),
        Letter(ADA, (HELP,), _mail("ada", "A word", "ada-unproven", ADA), entries=0),
    ]
    if before is not None:
        one.append(_from("dan", _answer(before), answers=("agent/reply",)))
        to = before.reply_address
        other.append(Letter(ADA, (to,), _from_ada(before), answers=("customer/answer",)))
    return [one, other]


def in_mailboxes() -> list[Letter]:
    """Give what lies in mailboxes: new mails, a large one, and Alice's once more."""
    alice = _mail("alice", "Alarm in the hall", "alice")
    return [
        Letter("", (), _mail("hal", "Lamp", "hal"), MARKED, answers=_OPENS),
        Letter("", (), b"X-Way: imap\r\n" + alice, MARKED, answers=_OPENS),
        Letter("", (), _mail("ivy", "Door", "ivy"), MOVED, answers=_OPENS),
        Letter("", (), _mail("joe", "Wall", "joe", body=_bulk("joe")), MOVED, answers=_OPENS),
    ]


def _from(name: str, content: bytes, answers: tuple[str, ...]) -> Letter:
    return Letter(f"{name}@klant.example", (HELP,), content, answers=answers)


def _mail(name: str, subject: str, mark: str, author: str = "", *, body: str = "") -> bytes:
    """Write a mail, the same bytes each time."""
    lines = [
        f"From: {name.title()} <{author or f'{name}@klant.example'}>",
        f"To: {HELP}",
        f"Subject: {subject}",
        "Date: Mon, 2 Mar 2026 09:00:00 +0100",
        f"Message-ID: <{mark}@mail.klant.example>",
        "",
        body or f"{subject}: it does not work any more, says {name.title()}.",
        "",
    ]
    return "\r\n".join(lines).encode()


def _answer(before: Before) -> bytes:
    head = f"In-Reply-To: {before.acknowledged}\r\nReferences: {before.acknowledged}\r\n"
    return head.encode() + _mail("dan", "Re: Paper of Dan", "dan-answer")


def _from_ada(before: Before) -> bytes:
    head = f"X-To: {before.reply_address}\r\n"
    return head.encode() + _mail("ada", "Re: Paper of Eve", "ada-answer", ADA)


def _bulk(seed: str) -> str:
    return "\r\n".join(_lines(Random(seed)))  # noqa: S311  the same mail each time


def _lines(random: Random) -> Iterator[str]:
    for _ in range(_LARGE // 64):
        yield random.randbytes(31).hex()
