"""What a template can be tried with: the values of an example, or of a ticket that is there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from gateway.config.desk import Desk
from gateway.desk.decision import Content, Reply
from gateway.desk.known import Earlier
from gateway.desk.person import Person
from gateway.desk.promising import available, promised
from gateway.letters import Occasion
from gateway.letters.service_time import zone_of
from gateway.letters.values import values
from gateway.mail.model import Mailbox
from gateway.store import directory
from gateway.store.archive import KeptEntry, Whole
from gateway.templates import Value
from gateway.templates.values import samples

_TO_AGENTS = "agent/"


@dataclass(frozen=True, slots=True)
class Trial:
    """What a template is given to be looked at; `timezone` is the reader's, "" for the desk's."""

    values: Mapping[str, Value]
    timezone: str = ""


def of_example(desk: Desk, name: str, *, full: bool = True) -> Trial:
    """Give the example values of a template for a desk: all of them, or as few as there may be."""
    example = samples(name)[0 if full else 1]
    return Trial({**example, "desk": {"title": desk.title, "address": desk.address}})


def of_ticket(connection: Connection, desk: Desk, whole: Whole, name: str, language: str) -> Trial:
    """Give what a template may say of a ticket as it was opened.

    To an agent or partner it says what the customer wrote.
    """
    ticket = whole.ticket
    person = directory.find(connection, [ticket.requester]).get(ticket.requester)
    author = Mailbox(person.name if person else "", ticket.requester)
    to = author
    if name.startswith(_TO_AGENTS) and desk.agent:
        to = Mailbox("", desk.agent[0].address)
    content = _content(desk, whole, name, author, person)
    about = Occasion(desk, (), ticket.subject)
    reply = Reply(name, to, language, content=content)
    return Trial(values(about, ticket, reply, ()), zone_of(ticket, reply))


def _content(
    desk: Desk, whole: Whole, name: str, author: Mailbox, person: Person | None
) -> Content:
    ticket, answers = whole.ticket, name == "customer/answer"
    said = [one for one in whole.entries if not one.internal]
    content = Content(
        text=next((one.text for one in reversed(said) if _is_answer(one) == answers), ""),
        author=f"{author.name} <{author.address}>".strip(),
        promises=promised(ticket, desk, ticket.opened_at),
        availability=available(desk, ticket.opened_at, ticket.timezone),
    )
    if not name.startswith(_TO_AGENTS):
        return content
    earlier = tuple(Earlier(ticket.id, e.author, e.at, e.reply_text) for e in said[:-1])
    return replace(content, earlier=earlier, facts=person.facts if person else ())


def _is_answer(entry: KeptEntry) -> bool:
    return entry.direction == "out" and not entry.automatic
