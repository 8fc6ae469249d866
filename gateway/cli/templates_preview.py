"""What a template comes to for an example, or for a ticket that is there."""

from difflib import get_close_matches
from typing import Annotated

import typer

from gateway.cli.reading import reading
from gateway.config.desk import Desk
from gateway.config.load import Configuration
from gateway.errors import Misused
from gateway.previewing import of_example, of_ticket
from gateway.store import archive
from gateway.templates import RenderedText, Templates

DeskOption = Annotated[str, typer.Option("--desk", metavar="DESK", help="A desk by its name.")]
LanguageOption = Annotated[
    str, typer.Option("--language", metavar="LANGUAGE", help="A language by its two letters.")
]


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
            trial = of_ticket(connection, owner, whole, name, language)
    else:
        owner = chosen(configuration, desk)
        trial = of_example(owner, name)
    _require(templates, owner, name)
    spoken = language or owner.languages[0]
    return templates.render(owner.name, spoken, name, trial.values, trial.timezone)


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
