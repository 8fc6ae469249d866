"""One who writes without end, and many strangers at once.

Nothing is lost in either: the mail of the one is kept on a ticket that they have already, and of
the many agents are told at once instead of one by one.
"""

from collections import Counter
from dataclasses import replace
from enum import StrEnum

from gateway.config.desk import Desk, Phase
from gateway.config.settings import Sending
from gateway.desk.decision import Reason
from gateway.desk.known import Sender
from gateway.desk.lately import Arrivals
from gateway.desk.ticket import Ticket

FLOOD = "agent/flood"

# What becomes of mail that opens a ticket for its author, or would but for a storm or a rule.
OPENING = frozenset(
    {
        Reason.OPENED,
        Reason.OPENED_CLAIMING,
        Reason.OPENED_LINKED,
        Reason.AUTOMATIC_OPENED,
        Reason.STORM,
        Reason.RULE_HELD,
        Reason.RULE_REFUSED,
    }
)


# What else agents are told of one by one.
_WAITING = frozenset({Reason.CLAIMS_A_CASE, Reason.AUTOMATIC_HELD})


def opens_for_stranger(reason: Reason, sender: Sender) -> bool:
    """Say whether a mail opened a ticket for somebody nobody vouches for, or waits for a person."""
    told = (reason in OPENING and reason is not Reason.STORM) or reason in _WAITING
    return told and not sender.vouched and not sender.proven


class Telling(StrEnum):
    """What agents are told of a new case: the case, the flood that it is part of, or nothing."""

    CASE = "case"
    FLOOD = "flood"
    NOTHING = "nothing"


def storm_ticket(arrivals: Arrivals) -> Ticket | None:
    """Give the ticket that keeps a mail which would open one, where its author storms.

    That is the newest that they opened, unless it is closed: nobody looks there. None: the mail
    opens a ticket as any other.
    """
    latest = arrivals.latest
    return None if latest is None or latest.phase is Phase.CLOSED else latest


def telling(desk: Desk, sender: Sender, arrivals: Arrivals) -> Telling:
    """Say what agents are told of a case that this sender's mail opens."""
    if sender.vouched or sender.proven or arrivals.of_strangers < desk.strangers.most:
        return Telling.CASE
    return Telling.NOTHING if arrivals.told else Telling.FLOOD


class Crowd:
    """The mails that are decided on together, counted on top of those that arrived before."""

    def __init__(self, sending: Sending) -> None:
        """Begin with none."""
        self._storm = sending.storm
        self._of_author: Counter[tuple[str, str]] = Counter()
        self._strangers: Counter[str] = Counter()
        self._told: set[str] = set()

    def add(self, desk: str, author: str, reason: Reason, *, stranger: bool, told: bool) -> None:
        """Count a mail, by what became of it; `told` if agents are told of a flood by it."""
        if reason in OPENING:
            self._of_author[desk, author] += 1
        self._strangers[desk] += stranger
        if told:
            self._told.add(desk)

    def hides_a_storm(self, desk: str, author: str, arrivals: Arrivals) -> bool:
        """Say whether a mail must wait for those before it to be filed.

        Its author storms, and the ticket that keeps the mail may be about to be opened.
        """
        here = self._of_author[desk, author]
        return here > 0 and arrivals.of_author + here >= self._storm

    def seen(self, desk: str, arrivals: Arrivals) -> Arrivals:
        """Give what arrived before and here."""
        return replace(
            arrivals,
            of_strangers=arrivals.of_strangers + self._strangers[desk],
            told=arrivals.told or desk in self._told,
        )
