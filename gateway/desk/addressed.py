"""Which reply addresses among a mail's recipients are genuine, and for whom."""

from collections.abc import Callable
from datetime import datetime

from gateway.desk.known import Addressed, Known, ReplyRole, SentMail
from gateway.mail.model import Clues, ReplyClue
from gateway.mail.reply_address import about

_ROLES = frozenset(role.value for role in ReplyRole) - {ReplyRole.CONSOLE.value}

_Confirm = Callable[[ReplyClue, str, str], bool]


def addressed(clues: Clues, known: Known, confirm: _Confirm) -> tuple[Addressed, ...]:
    """Give the genuine reply addresses that a mail came to, in the order of its recipients.

    Whom and what an address is for says the outgoing mail that bore it; `confirm` says whether we
    signed it for just that (`mail/reply_address.py`).
    """
    found = []
    for clue in clues.reply_addresses:
        sent = known.mail(clue.outbox)
        if sent is None or clue.role not in _ROLES:
            continue
        if confirm(clue, about(sent.ticket, sent.spool), sent.recipient):
            found.append(Addressed(ReplyRole(clue.role), sent))
    return tuple(found)


def in_console(
    clues: Clues, author: str, sent_at: datetime, confirm: _Confirm
) -> tuple[Addressed, ...]:
    """Give the reply address of what an agent wrote in the console, then, about a ticket.

    No mail bore it. It is as good as one in a mail that the agent got at the moment at which they
    wrote: what others answered before that, the console has shown them.
    """
    found = []
    for clue in clues.reply_addresses:
        if clue.role == ReplyRole.CONSOLE and confirm(clue, about(clue.outbox, 0), author):
            sent = SentMail(0, ticket=clue.outbox, spool=0, recipient=author, queued_at=sent_at)
            found.append(Addressed(ReplyRole.AGENT, sent))
    return tuple(found)
