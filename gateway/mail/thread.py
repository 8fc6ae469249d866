"""What in a mail points to the conversation that it belongs to (RFC 5322 section 3.6.4).

These are clues, not proof: what each is worth depends on who sent the mail, which is the desk's
matter.
"""

from collections.abc import Callable, Iterable, Sequence

from gateway.config.case_number import MAX_FOUND, CaseNumberPattern
from gateway.mail.model import Clues, Issued, Mail, ReplyClue

MAX_IDS = 50


def reference_ids(mail: Mail) -> tuple[str, ...]:
    """Give the ids of the mails that this one answers, newest first, each once, at most 50.

    In-Reply-To names the direct parent; References lists the ancestors with the newest last.
    """
    ids = dict.fromkeys((*mail.in_reply_to, *reversed(mail.references)))
    ids.pop(mail.message_id, None)
    return tuple(ids)[:MAX_IDS]


def case_numbers(text: str, patterns: Iterable[CaseNumberPattern]) -> tuple[str, ...]:
    """Give the case numbers in a short text, by pattern and then by place, each once."""
    found = dict.fromkeys(number for pattern in patterns for number in pattern.find(text))
    return tuple(found)[:MAX_FOUND]


def find_clues(
    mail: Mail,
    issued: Callable[[str], int | None],
    patterns: Sequence[CaseNumberPattern],
    others: Sequence[str] = (),
    reply_addresses: tuple[ReplyClue, ...] = (),
    text: str = "",
) -> Clues:
    """Collect the clues of a mail.

    `issued` gives the outbox id of a Message-ID that is ours by its MAC, None for any other.
    `others` are ids of other mails that this one gives back or forwards, `reply_addresses` what
    looks like reply addresses of ours among its recipients. `text` is what may name a case beside
    the subject, "" for all mail but that to an address where it counts.
    """
    ours: list[Issued] = []
    foreign: list[str] = []
    for message_id in dict.fromkeys((*others, *reference_ids(mail))):
        outbox = issued(message_id)
        if outbox is None:
            foreign.append(message_id)
        else:
            ours.append(Issued(outbox, message_id))
    numbers = case_numbers(f"{mail.subject}\n{text}", patterns)
    return Clues(tuple(ours), tuple(foreign), numbers, reply_addresses)
