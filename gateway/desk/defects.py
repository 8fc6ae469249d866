"""Defects of a product that cases are about: how they are named, and who is told of a fix."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from gateway.config.defect_checks import NUMBER
from gateway.config.desk import Desk
from gateway.desk.decision import Content, Decision, Outcome, Reason, Reply
from gateway.desk.known import ReplyRole
from gateway.desk.person import Person
from gateway.desk.ticket import Defect, Event, EventKind, Ticket
from gateway.mail.model import Mailbox

FIXED = "customer/defect-fixed"

MOST_OF_NUMBER = 60
"""Characters of a number; in small letters it can have three times as many."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A defect's number as somebody wrote it, with the version and a note, "" for none."""

    number: str
    version: str = ""
    note: str = ""


def key_of(number: str) -> str:
    """Give a defect's number as it is looked for: letter case makes no difference."""
    return number.strip().casefold()


def link_of(desk: Desk, number: str) -> str:
    """Give where a defect can be read about by the desk's `defect_url`, "" if it has none."""
    return desk.defect_url.replace(NUMBER, quote(number, safe=""))


def tell_fixed(
    desk: Desk,
    ticket: Ticket,
    fix: Fix,
    people: Mapping[str, Person],
    told: Collection[str],
    now: datetime,
) -> Decision | None:
    """Tell the people of a ticket that its defect is fixed; None if there is nobody to be told.

    `people` are those of the directory by their addresses, and `told` the addresses that know.
    """
    defect = _recorded(desk, ticket, fix.number)
    content = Content(fix.note, defect=defect, version=fix.version)
    everybody = ticket.everybody if ticket.answerable else ticket.participants
    replies = tuple(
        _reply(desk, ticket, people.get(address), address, content)
        for address in everybody
        if address not in told
    )
    if not replies:
        return None
    version = f" in {fix.version}" if fix.version else ""
    why = f"defect {defect.number} is fixed{version}"
    event = Event(EventKind.DEFECT_FIXED, now, "casepost", why)
    return Decision(Outcome.FILED, Reason.DEFECT_FIXED, ticket, (event,), replies=replies)


def _recorded(desk: Desk, ticket: Ticket, number: str) -> Defect:
    """Give a defect as its ticket has it; a report of an incident has none of its own."""
    key = key_of(number)
    found = (one for one in ticket.defects if key_of(one.number) == key)
    return next(found, Defect(number, link_of(desk, number)))


def _reply(
    desk: Desk, ticket: Ticket, person: Person | None, address: str, content: Content
) -> Reply:
    language = person.language if person else ""
    return Reply(
        FIXED,
        Mailbox(person.name if person else "", address),
        language if language in desk.languages else ticket.language,
        unasked=True,
        content=content,
        reply_role=ReplyRole.CUSTOMER,
    )
