"""One who writes without end, and many strangers at once.

Nothing is lost in either: the mail of the one is kept on a ticket that they have already, and of
the many agents are told at once instead of one by one.
"""

from enum import StrEnum

from gateway.config.desk import Desk, Phase
from gateway.config.settings import Sending
from gateway.desk.known import Arrivals, Sender
from gateway.desk.ticket import Ticket


class Telling(StrEnum):
    """What agents are told of a new case: the case, the flood that it is part of, or nothing."""

    CASE = "case"
    FLOOD = "flood"
    NOTHING = "nothing"


def in_storm(arrivals: Arrivals, sending: Sending) -> bool:
    """Say whether an author gets no automatic mail since they write so much."""
    return arrivals.stormed or arrivals.of_author >= sending.storm


def storm_ticket(arrivals: Arrivals, sending: Sending) -> Ticket | None:
    """Give the ticket that keeps a mail which would open one, where its author storms.

    That is the newest that they opened, unless it is closed: nobody looks there. None: the mail
    opens a ticket as any other.
    """
    latest = arrivals.latest
    if latest is None or latest.phase is Phase.CLOSED or arrivals.of_author < sending.storm:
        return None
    return latest


def telling(desk: Desk, sender: Sender, arrivals: Arrivals) -> Telling:
    """Say what agents are told of a case that this sender's mail opens."""
    if sender.vouched or sender.proven or arrivals.of_strangers < desk.strangers.most:
        return Telling.CASE
    return Telling.NOTHING if arrivals.told else Telling.FLOOD
