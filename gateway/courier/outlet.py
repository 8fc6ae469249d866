"""Where a mail goes out: what an outlet does, and what it says became of a mail."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from gateway.store.outbox import ClaimedMail

# RFC 5321 section 4.2.1: the service closes its channel, whatever was asked.
CLOSING = 421

_LONGEST_REPLY = 500

Mark = Callable[[], bool]


class Outcome(StrEnum):
    """What became of a mail.

    LOST: somebody else has it now, nothing was sent. AWAY: the outlet as such can't be had,
    nothing was said about this mail.
    """

    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    LOST = "lost"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mail; `reply` says it to people, `code` is SMTP's where there was one."""

    outcome: Outcome
    reply: str
    code: int | None = None

    @property
    def is_outage(self) -> bool:
        """Whether other mails would fare no better now."""
        return self.outcome is Outcome.AWAY or self.code == CLOSING


class Outlet(Protocol):
    """One way out, used by one thread."""

    def deliver(self, mail: ClaimedMail, mark: Mark) -> Verdict:
        """Hand a mail over.

        `mark` is called before the point from which nobody can know whether it was taken; when it
        answers False the mail must not go. What `mark` raises passes through.
        """

    def close(self) -> None:
        """Let go of what is held open; the next mail opens it anew."""


def readable(text: bytes | str) -> str:
    """Make what the other side said one bounded line for people."""
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    shown = "".join(c if c.isprintable() else " " for c in said)
    return " ".join(shown.split())[:_LONGEST_REPLY]
