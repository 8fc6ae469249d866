"""Which ticket was chosen for a mail, and by what, as values."""

from dataclasses import dataclass
from enum import StrEnum

from gateway.desk.known import KnownId, SentMail
from gateway.desk.ticket import Ticket


class Trust(StrEnum):
    """Which clue led to a ticket, by DESIGN's order of trust."""

    REPLY_ADDRESS = "reply address signed for this sender"
    SHARED_ADDRESS = "reply address signed for somebody else, used by one who takes part"
    ANOTHERS_ADDRESS = "reply address signed for somebody else"
    RETURN_ADDRESS = "reverse-path of a mail of ours that a machine answers"
    ISSUED_ID = "message-id issued to this sender"
    ANSWERED_ID = "message-id of ours that a machine answers"
    KNOWN_ID = "message-id of a ticket the authentic sender takes part in"
    SIBLING = "answers the same unknown mail as the ticket of the authentic sender"
    CASE_NUMBER = "case number from a participant"


@dataclass(frozen=True, slots=True)
class Choice:
    """The ticket that a mail belongs to; `claims` are tickets it named but may not touch.

    `answered` is the mail of ours that led to the ticket, if one did, and `returned` the one that a
    bounce is about. `named` is the ticket that the clue named, where it was merged into `ticket`
    since. `continues` is set, and `ticket` is not, where the ticket was closed so long ago that the
    mail opens one that is linked to it.
    """

    ticket: Ticket | None
    trust: Trust | None
    claims: tuple[Ticket, ...] = ()
    why: tuple[str, ...] = ()
    answered: KnownId | None = None
    named: Ticket | None = None
    returned: SentMail | None = None
    continues: Ticket | None = None
