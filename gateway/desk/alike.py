"""Tickets that are like a mail, as values."""

from dataclasses import dataclass

from gateway.desk.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Alike:
    """A ticket that looks like the same matter, and what shows it."""

    ticket: Ticket
    why: str


@dataclass(frozen=True, slots=True)
class Likenesses:
    """Tickets of the desk that are like this mail.

    `duplicates` are likely duplicates, likeliest first, for an agent to decide on. `signature` is
    the ticket with the same crash signature that reports join. `flood` are the tickets with nearly
    the same text within the desk's window, oldest first, and `incident` is the one that they are
    reports of already, if there is one.
    """

    duplicates: tuple[Alike, ...] = ()
    signature: Ticket | None = None
    flood: tuple[Ticket, ...] = ()
    incident: Ticket | None = None


NOTHING_ALIKE = Likenesses()
