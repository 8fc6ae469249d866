"""Which reply addresses among a mail's recipients are genuine, and for whom."""

from collections.abc import Callable

from gateway.desk.known import Addressed, Known, ReplyRole
from gateway.mail.model import Clues, ReplyClue
from gateway.mail.reply_address import about

_ROLES = frozenset(role.value for role in ReplyRole)


def addressed(
    clues: Clues, known: Known, confirm: Callable[[ReplyClue, str, str], bool]
) -> tuple[Addressed, ...]:
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
