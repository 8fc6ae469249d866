"""Which language somebody is written to in."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.config.desk import Desk
from gateway.desk.person import Person
from gateway.desk.ticket import Ticket
from gateway.mail.language import detect


@dataclass(frozen=True, slots=True)
class Spoken:
    """A language of the desk's, and why it is the one."""

    language: str
    why: str


NOT_HEARD = Spoken("", "nobody has read the mail yet")
"""What is known before a mail's text is read."""


def language_of(
    desk: Desk, person: Person | None, ticket: Ticket | None, texts: Sequence[str]
) -> Spoken:
    """Give the language to write in, out of the desk's.

    The person's own setting goes first, then what the ticket is held in, then what the first of
    `texts` that tells, the new text of their mail among them, is written in, if the desk goes by
    that.
    """
    if person and person.language in desk.languages:
        return Spoken(person.language, "the person's own setting")
    if ticket and ticket.language in desk.languages:
        return Spoken(ticket.language, "the ticket's language")
    if len(desk.languages) == 1:
        return Spoken(desk.languages[0], "the desk's only one")
    if not desk.detect_language:
        return Spoken(desk.languages[0], "the desk's first, whatever the mail is written in")
    found = next(filter(None, (detect(text, desk.languages) for text in texts)), "")
    if found:
        return Spoken(found, "what the mail is written in")
    return Spoken(desk.languages[0], "the desk's first, since the mail does not tell")
