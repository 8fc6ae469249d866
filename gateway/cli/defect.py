"""`casepost defect`: defects that cases are about, and telling their people of a fix."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from gateway.cli.options import ConfigOption, JsonOption
from gateway.cli.owner import require_owner
from gateway.cli.reading import reading
from gateway.cli.screen import complain, on_one_line, print_json, screen
from gateway.config.desk import Desk
from gateway.config.load import Configuration, load, load_settings
from gateway.config.toml_file import did_you_mean
from gateway.defects import Told, tell
from gateway.desk.defects import Fix
from gateway.errors import Misused
from gateway.house import open_house
from gateway.store import defects
from gateway.store.defects import Recorded

defect = typer.Typer(
    name="defect",
    add_completion=False,
    help="List the defects that cases are about, and tell their people when one is fixed.",
)

DeskOption = Annotated[str, typer.Option("--desk", metavar="NAME", help="Cases of this desk.")]


@defect.command("list")
def list_defects(
    config: ConfigOption, desk: DeskOption = "", *, as_json: JsonOption = False
) -> None:
    """List the defects that agents recorded by `#defect`, with the cases that are about them.

    Example: casepost defect list --desk webshop --json
    """
    with reading(load_settings(config)) as connection:
        found = [one for one in defects.recorded(connection) if desk in {"", one.desk}]
    if as_json:
        print_json([_plain(one) for one in found])
    elif found:
        screen().print(_table(found))
    else:
        screen().print("No case is about a defect.")


@defect.command("fixed")
def fixed(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The defect's number.")],
    config: ConfigOption,
    desk: DeskOption = "",
    version: Annotated[str, typer.Option(help="The version that has the fix.")] = "",
    note: Annotated[str, typer.Option(help="What to say beside, in words of your own.")] = "",
    *,
    as_json: JsonOption = False,
) -> None:
    """Tell everybody with a case about a defect that it is fixed.

    Each person gets one mail, however many of their cases are about it, and however often this is
    called: the next time it tells only those who came to be on such a case since, and those whom
    it could not tell. Exit code 1 if there are any of these, or no such case.

    Example: casepost defect fixed 4711 --version 6.2
    """
    configuration = load(config)
    require_owner(configuration.settings.data)
    with reading(configuration.settings) as connection:
        names = defects.desks_with(connection, number)
    chosen = _chosen(configuration, number, names, desk)
    told = _tell(configuration, chosen, Fix(number.strip(), version.strip(), note.strip()))
    if as_json:
        print_json({"told": told.people, "cases": told.cases, "withheld": told.withheld})
    else:
        typer.echo(_said(told))
    for sentence in () if as_json else told.withheld:
        complain(f"not told: {sentence}")
    if told.withheld:
        raise typer.Exit(1)


def _chosen(configuration: Configuration, number: str, names: Sequence[str], desk: str) -> Desk:
    """Give the desk whose cases are meant. Raises Misused, or ends where there is no case."""
    known = {one.name: one for one in configuration.desks}
    if desk and desk not in known:
        raise Misused(f'there is no desk "{desk}"{did_you_mean(desk, tuple(known))}')
    about = [name for name in names if desk in {"", name}]
    if not about:
        complain(f"no case{f' of {desk}' if desk else ''} is about the defect {number}")
        raise typer.Exit(1)
    if len(about) > 1:
        raise Misused(f"{', '.join(about)} have cases about {number}: say --desk NAME")
    if about[0] not in known:
        raise Misused(f'the cases about {number} are of the desk "{about[0]}", which has no file')
    return known[about[0]]


def _tell(configuration: Configuration, desk: Desk, fix: Fix) -> Told:
    house = open_house(configuration)
    try:
        return tell(house, desk, fix, datetime.now(UTC))
    finally:
        house.numbers.give_back()
        house.database.close()


def _said(told: Told) -> str:
    if not told.people:
        return "nobody was told" if told.withheld else "everybody knows already"
    people = "1 person is" if len(told.people) == 1 else f"{len(told.people)} people are"
    cases = "1 case" if len(told.cases) == 1 else f"{len(told.cases)} cases"
    return f"{people} told, on {cases}: {', '.join(told.cases)}"


def _plain(one: Recorded) -> dict[str, object]:
    return {
        "desk": one.desk,
        "number": one.number,
        "url": one.url,
        "cases": list(one.cases),
        "told": one.told,
        "told_at": one.told_at.isoformat() if one.told_at else None,
    }


def _table(found: Sequence[Recorded]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("Desk", "Defect"):
        table.add_column(name, no_wrap=True)
    for name in ("URL", "Cases"):
        table.add_column(name, overflow="fold")
    table.add_column("Told", no_wrap=True)
    for one in found:
        told = f"{one.told}, {one.told_at:%Y-%m-%d}" if one.told_at else "nobody"
        cells = (one.desk, one.number, one.url, ", ".join(one.cases), told)
        table.add_row(*(Text(on_one_line(cell)) for cell in cells))
    return table
