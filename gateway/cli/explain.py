"""`casepost explain`: every stage's value and why, for mails in files or in the spool."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gateway.cli.options import MOST_ID, ConfigOption, JsonOption
from gateway.cli.reading import reading
from gateway.cli.screen import complain, on_one_line, plain, print_json, screen
from gateway.config.desk import Desk
from gateway.config.load import Configuration, load, look
from gateway.config.toml_file import did_you_mean
from gateway.errors import Misused
from gateway.explanation import Explainer, Plain, stages
from gateway.store.archive import explained
from gateway.store.claims import load_one
from gateway.store.large_places import large_mails_of


def explain(
    config: ConfigOption,
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE...", help="Raw mails, with any ending.")
    ] = None,
    mail: Annotated[
        int | None,
        typer.Option(metavar="ID", min=1, max=MOST_ID, help="A received mail, by its spool id."),
    ] = None,
    desk: Annotated[
        str, typer.Option(metavar="DESK", help="The desk, where no recipient says which.")
    ] = "",
    *,
    body: Annotated[
        bool, typer.Option("--body", help="The files are bare bodies, text or HTML.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Explain what becomes of a mail, stage by stage, and why.

    Files are looked at as if they were the first mail ever: that needs no database, no daemon and
    no DNS, and writes nothing. With --mail it shows what was decided, and why, at the time. With
    --json each mail is an object on a line of its own.

    Example: casepost explain --desk NAME letter.eml
    """
    if bool(files) == (mail is not None):
        raise Misused("explain needs FILE... or --mail ID, one of the two")
    # What was decided is written down, whatever is wrong with the desk by now.
    configuration = load(config) if mail is None else look(config).configuration
    explainer = Explainer(configuration, _desk(configuration, desk))
    if mail is not None:
        found: Iterator[Plain] = iter([stored(configuration, explainer, mail)])
    else:
        found = (explainer.file(path, body=body) for path in files or ())
    for one in found:
        if as_json:
            print_json(one)
        else:
            print_stages(screen(), one)


def _desk(configuration: Configuration, name: str) -> Desk | None:
    if not name:
        return None
    try:
        return configuration.desk(name)
    except KeyError:
        known = tuple(desk.name for desk in configuration.desks)
        raise Misused(f'there is no desk "{name}"{did_you_mean(name, known)}') from None


def stored(configuration: Configuration, explainer: Explainer, spool_id: int) -> Plain:
    """Explain a received mail; where there is none, say so and end with exit code 1."""
    settings = configuration.settings
    with reading(settings) as connection:
        kept = explained(connection, spool_id)
        mail = load_one(connection, spool_id, large_mails_of(settings)) if kept else None
    if kept is None or mail is None:
        complain(f"there is no mail {spool_id}")
        raise typer.Exit(1)
    return explainer.stored(mail.content, mail.envelope, kept)


def print_stages(console: Console, one: Plain) -> None:
    """Print what is to be said of a mail, stage by stage."""
    console.print(Text(on_one_line(one["path"]), "bold"))
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in stages(one):
        if value:
            table.add_row(Text(name, "dim"), Text(plain(value)))
    console.print(table)
    console.print()
