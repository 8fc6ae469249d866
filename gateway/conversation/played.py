"""What came of playing a conversation: its time line, and where it went otherwise than expected."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from gateway.mail.model import Mail


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail that went out, read again as its recipient would read it."""

    at: datetime
    template: str
    recipient: str
    reverse_path: str
    mail: Mail

    @property
    def language(self) -> str:
        """Give the language that the mail says it is in."""
        return self.mail.header("content-language")

    @property
    def reply_to(self) -> str:
        """Give the bare address that an answer goes to."""
        header = self.mail.header("reply-to")
        if header:
            return header.rpartition("<")[2].rstrip("> ")
        return self.mail.author.address if self.mail.author else ""

    def header(self, name: str) -> str | None:
        """Give a header field by its name in any case, or None if there is none.

        Return-Path is what the receiving server would write.
        """
        folded = name.lower()
        if folded == "return-path":
            return f"<{self.reverse_path}>"
        found = self.mail.all_headers(folded)
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail that came in for one recipient, and what became of it."""

    reverse_path: str
    recipient: str
    author: str
    subject: str
    authentic: bool
    state: str
    reason: str
    case_number: str


@dataclass(frozen=True, slots=True)
class Fired:
    """A timer that fired on a ticket, by its name; `status` is what the ticket got, "" if none."""

    at: datetime
    case_number: str
    timer: str
    why: str
    status: str


@dataclass(frozen=True, slots=True)
class Moment:
    """One step as it went: `tickets` are those that it changed, in the shape of `show --json`.

    `fired` are the timers that fired on the way to it, in order. `done` is what somebody did other
    than write, "" for nothing.
    """

    step: int
    at: datetime
    restarted: bool
    arrived: tuple[Arrived, ...]
    tickets: tuple[Mapping[str, object], ...]
    sent: tuple[SentMail, ...]
    fired: tuple[Fired, ...] = ()
    done: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that went otherwise than expected: `details` say what was there instead."""

    path: Path
    line: int
    step: int
    sentence: str
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Write it as `FILE:LINE: step N: ...`, with the details on lines below."""
        head = f"{self.path}:{self.line}: step {self.step}: {self.sentence}"
        return "\n".join([head, *(f"    {detail}" for detail in self.details)])


class Kind(StrEnum):
    """What a part of a desk is."""

    RULE = "rule"
    TEMPLATE = "template"
    STATUS = "status"
    TIMER = "timer"
    TARGET = "target"
    CALENDAR = "calendar"
    ESCALATION = "escalation"


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """A part of a desk by its name; `desk` is "" for a template that all desks share."""

    desk: str
    kind: Kind
    name: str


@dataclass(frozen=True, slots=True)
class Played:
    """A conversation that was played; `used` are the parts of desks that it put to use."""

    path: Path
    title: str
    desk: str
    timeline: tuple[Moment, ...]
    differences: tuple[Difference, ...]
    used: frozenset[Part] = frozenset()
