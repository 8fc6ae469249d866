"""`casepost templates history` and `revert`: what was written in the console, and the way back."""

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from gateway import editing
from gateway.cli.options import ConfigOption, JsonOption
from gateway.cli.owner import require_owner
from gateway.cli.reading import reading
from gateway.cli.screen import on_one_line, plain, print_json, screen
from gateway.config.load import load, load_settings
from gateway.errors import Misused
from gateway.house import House, open_house
from gateway.store import template_versions
from gateway.store.audit import OPERATOR
from gateway.store.conflict import Conflict
from gateway.store.template_versions import Version
from gateway.templates.folder import Key, of_path

_HOW = "a file is LANGUAGE/AUDIENCE/EVENT/PART or layout.html, or these below desks/NAME"


def list_versions(
    config: ConfigOption,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="As in nl/customer/answer/body.txt.")
    ] = "",
    *,
    text: Annotated[
        int, typer.Option("--text", metavar="N", help="Print the text of version N.", min=0)
    ] = 0,
    as_json: JsonOption = False,
) -> None:
    """List the versions of a template's file that were written in the console, the newest first.

    Without a file it lists the newest of each. The newest holds in place of the file; one that
    says "the file" lets the file hold again.

    Example: casepost templates history nl/customer/acknowledge/body.txt
    """
    with reading(load_settings(config)) as connection:
        if text:
            one = template_versions.find(connection, text)
            if one is None or one.text is None:
                raise Misused(f"there is no version {text} with a text")
            sys.stdout.write(plain(one.text))
            return
        if file:
            found = template_versions.history(connection, _key(file))
        else:
            found = template_versions.newest(connection)
    if as_json:
        print_json([_plain(one) for one in found])
    elif found:
        screen().print(_table(found))
    else:
        typer.echo("Nothing was written in the console.")


def revert_template(
    file: Annotated[str, typer.Argument(metavar="FILE", help="As history says it.")],
    config: ConfigOption,
    *,
    to: Annotated[
        int, typer.Option("--to", metavar="N", help="Let version N hold again.", min=0)
    ] = 0,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Why.")] = "",
) -> None:
    """Let a file of the templates folder, or the shipped one, hold again; or an earlier version.

    What was written stays in the history. A daemon that runs follows within seconds.

    Example: casepost templates revert nl/customer/acknowledge/body.txt
    """
    key = _key(file)
    configuration = load(config)
    require_owner(configuration.settings.data)
    with reading(configuration.settings):
        house = open_house(configuration)
    try:
        typer.echo(_reverted(house, key, to, note))
    finally:
        house.database.close()


def _reverted(house: House, key: Key, to: int, note: str) -> str:
    with house.database.reading() as connection:
        history = template_versions.history(connection, key)
        wanted = template_versions.find(connection, to) if to else None
    if not history:
        raise Misused(f"of {key.path} nothing was written in the console")
    if to and (wanted is None or wanted.key != key or wanted.text is None):
        raise Misused(f"version {to} is none of {key.path}, or has no text")
    text = wanted.text if wanted else None
    done = f"version {to} again" if to else "the file again"
    try:
        now = datetime.now(UTC)
        saved = editing.save(house, key, text, OPERATOR, note or done, now, history[0].id)
    except Conflict as error:
        raise Misused(f"{error}; look at `casepost templates history {key.path}`") from error
    if saved == history[0].id:
        return f"{key.path}: nothing to do"
    return f"{key.path}: {done}, as version {saved}"


def _key(file: str) -> Key:
    key = of_path(file.removeprefix("./"))
    if key is None:
        raise Misused(f"{file} is no template: {_HOW}")
    return key


def _plain(one: Version) -> dict[str, object]:
    return {
        "version": one.id,
        "file": one.key.path,
        "at": one.at.isoformat(),
        "author": one.author,
        "note": one.note,
        "text": one.text,
    }


def _table(found: tuple[Version, ...]) -> Table:
    table = Table("version", "file", "at", "by", "says", "why")
    for one in found:
        says = "the file" if one.text is None else f"{len(one.text)} characters"
        cells = (str(one.id), one.key.path, f"{one.at:%Y-%m-%d %H:%M}", one.author, says, one.note)
        table.add_row(*map(on_one_line, cells))
    return table
