"""Subjects of our mails: the words of the matter, and the case number once."""

import re

from gateway.desk.decision import Reply
from gateway.desk.ticket import Ticket
from gateway.letters.occasion import Occasion
from gateway.mail.compose import header_text
from gateway.mail.forwarding.subject_prefix import without_prefixes

_BLANKS = re.compile(r"\s{2,20}")


def words(about: Occasion, ticket: Ticket | None, reply: Reply) -> str:
    """Give the words that a mail's subject may repeat, "" if there are none.

    What somebody wrote whom nobody vouches for is not repeated to them by a machine.
    """
    said = reply.subject or (ticket.subject if ticket else "")
    if not reply.to_agent and reply.automatic:
        allowed = reply.vouched and (about.subject or about.by_agent)
        said = said if allowed else ""
    return _plain(said, ticket.number if ticket else "")


def _plain(subject: str, number: str) -> str:
    """Take the number and the prefixes of answers out of a subject, however often they are there.

    Each turn takes something away, so that it ends; a subject is short here.
    """
    subject, before = header_text(subject), ""
    while subject != before:
        before = subject
        if number:
            subject = _without(subject, f"[{number}]")
        subject = without_prefixes(subject)
    return subject


def numbered(subject: str, number: str) -> str:
    """Give a subject with the case number in it once, in brackets."""
    if not number:
        return subject
    tag = f"[{number}]"
    before, found, after = header_text(subject).partition(tag)
    after = _without(after, tag)
    return f"{before}{tag}{after}" if found else f"{tag} {before}".rstrip()


def _without(subject: str, tag: str) -> str:
    folded, tag = subject.casefold(), tag.casefold()
    if tag not in folded or len(folded) != len(subject):
        return subject
    while (place := folded.find(tag)) >= 0:
        subject = subject[:place] + subject[place + len(tag) :]
        folded = folded[:place] + folded[place + len(tag) :]
    return _BLANKS.sub(" ", subject)
