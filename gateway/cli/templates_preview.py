"""What a template comes to for an example, or for a ticket that is there."""

from dataclasses import replace
from difflib import get_close_matches
from typing import Annotated

import typer
from sqlalchemy import Connection

from gateway.cli.reading import reading
from gateway.config.desk import Desk
from gateway.config.load import Configuration
from gateway.desk.decision import Content, Reply
from gateway.desk.known import Earlier
from gateway.desk.promising import available, promised
from gateway.errors import Misused
from gateway.letters import Occasion
from gateway.letters.service_time import zone_of
from gateway.letters.values import values
from gateway.mail.model import Mailbox
from gateway.store import archive, directory
from gateway.store.archive import KeptEntry, Whole
from gateway.templates import RenderedText, Templates, Value
from gateway.templates.values import samples

DeskOption = Annotated[str, typer.Option("--desk", metavar="DESK", help="A desk by its name.")]
LanguageOption = Annotated[
    str, typer.Option("--language", metavar="LANGUAGE", help="A language by its two letters.")
]

_TO_AGENTS = "agent/"


def previewed(
    configuration: Configuration,
    templates: Templates,
    name: str,
    *,
    desk: str,
    language: str,
    ticket: str,
) -> RenderedText:
    """Render a template; raises Misused for a desk, ticket or template that is not there."""
    if ticket:
        with reading(configuration.settings) as connection:
            whole = archive.whole(connection, ticket.strip("[] "))
            if whole is None:
                raise Misused(f"there is no ticket {ticket}")
            owner = chosen(configuration, desk or whole.ticket.desk)
            language = language or whole.ticket.language
            known, zone = _of_ticket(connection, owner, whole, name, language)
    else:
        owner = chosen(configuration, desk)
        known = {**samples(name)[0], "desk": {"title": owner.title, "address": owner.address}}
        zone = ""
    _require(templates, owner, name)
    return templates.render(owner.name, language or owner.languages[0], name, known, zone)


def chosen(configuration: Configuration, name: str) -> Desk:
    """Give the desk of that name, or the only one; raises Misused where there is none such."""
    names = [desk.name for desk in configuration.desks]
    if not name and len(names) == 1:
        return configuration.desks[0]
    if name not in names:
        said = f'there is no desk "{name}"' if name else "say which desk, by --desk"
        raise Misused(f"{said}; there are: {', '.join(names)}")
    return configuration.desk(name)


def _require(templates: Templates, desk: Desk, name: str) -> None:
    names = templates.names(desk.name)
    if name not in names:
        near = get_close_matches(name, names, n=1)
        hint = f'; did you mean "{near[0]}"?' if near else ""
        raise Misused(f'desk {desk.name} has no template "{name}"{hint}')


def _of_ticket(
    connection: Connection, desk: Desk, whole: Whole, name: str, language: str
) -> tuple[dict[str, Value], str]:
    """Give what a template may say of a ticket as it was opened, and in which zone, "" the desk's.

    To an agent or partner it says what the customer wrote.
    """
    ticket = whole.ticket
    person = directory.find(connection, [ticket.requester]).get(ticket.requester)
    author = Mailbox(person.name if person else "", ticket.requester)
    answers = name == "customer/answer"
    said = [one for one in whole.entries if not one.internal]
    text = next((one.text for one in reversed(said) if _is_answer(one) == answers), "")
    earlier = tuple(Earlier(ticket.id, e.author, e.at, e.reply_text) for e in said[:-1])
    to = (
        Mailbox("", desk.agent[0].address) if name.startswith(_TO_AGENTS) and desk.agent else author
    )
    content = Content(
        text=text,
        author=f"{author.name} <{author.address}>".strip(),
        promises=promised(ticket, desk, ticket.opened_at),
        availability=available(desk, ticket.opened_at, ticket.timezone),
    )
    if name.startswith(_TO_AGENTS):
        content = replace(content, earlier=earlier, facts=person.facts if person else ())
    about = Occasion(desk, (), ticket.subject)
    reply = Reply(name, to, language, content=content)
    return values(about, ticket, reply, ()), zone_of(ticket, reply)


def _is_answer(entry: KeptEntry) -> bool:
    return entry.direction == "out" and not entry.automatic
