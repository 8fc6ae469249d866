"""`casepost directory`: the people that the desks know, and what they ordered."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.options import ConfigOption, JsonOption
from gateway.cli.reading import reading
from gateway.cli.refusal import refuse
from gateway.cli.screen import print_json
from gateway.cli.tables import Orders, People, in_portions
from gateway.cli.writing import writing
from gateway.config.load import Configuration, load
from gateway.errors import Misconfigured, Misused
from gateway.store import account_names
from gateway.store.directory_import import NOTHING_BROUGHT, Brought

directory = typer.Typer(
    name="directory", add_completion=False, help="Bring people into the directory."
)


@directory.callback()
def _group() -> None:
    """Make `import` a command of its own, although it is the only one."""


@directory.command("import")
def import_people(
    config: ConfigOption,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE.csv]", help="People, one a row.")
    ] = None,
    *,
    orders: Annotated[
        Path | None,
        typer.Option("--orders", metavar="FILE.csv", help="What people ordered, one a row."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Enter the people of a CSV file, or bring them up to date; all of them, or none.

    The first line names the columns: address, name, organisation, language, aliases, domains, and
    any others, which are facts about the person. With --orders, it is what people ordered: order,
    address, site, product, version, purchased_on, plan, and any others. A column that the file has
    not stays as it is. Each finding is a line FILE:LINE: message; exit code 1 if there is any.

    Example: casepost directory import customers.csv --orders orders.csv
    """
    if file is None and orders is None:
        raise Misused("name a file of people, or with --orders a file of what they ordered")
    configuration = load(config)
    try:
        people = People.read(file, configuration) if file else None
        bought = Orders.read(orders) if orders else None
        _bring_in(people, bought, configuration)
    except Misconfigured as refused:
        refuse(refused.findings, _counted(NOTHING_BROUGHT), as_json=as_json)
        raise typer.Exit(1) from None
    _tell(people.brought if people else None, bought.brought if bought else None, as_json=as_json)


def _bring_in(people: People | None, orders: Orders | None, configuration: Configuration) -> None:
    """Write what is new or different. Raises Misconfigured with what is somebody else's.

    All is compared before anything is written, so that a daemon beside waits for the rest only.
    """
    with reading(configuration.settings) as connection:
        if people:
            people.compare(connection)
        if orders:
            orders.compare(connection, people.mains if people else {})
    with writing(configuration.settings) as connection:
        for table in (people, orders):
            if table:
                table.write(connection)
    renamed = {who for table in (people, orders) if table for who in table.renamed()}
    for some in in_portions(renamed):
        # A transaction each, for the daemon's sake; what a crash leaves out the next import finds.
        with writing(configuration.settings) as connection:
            account_names.refresh(connection, some)


def _tell(people: Brought | None, orders: Brought | None, *, as_json: bool) -> None:
    """Print what was done; of both tables, people first."""
    if as_json:
        counts = _counted(people or orders or NOTHING_BROUGHT)
        if people and orders:
            counts["orders"] = _counted(orders)
        print_json({**counts, "findings": []})
        return
    if people:
        typer.echo(_summed(people))
    if orders:
        typer.echo(f"orders: {_summed(orders)}")


def _summed(brought: Brought) -> str:
    return f"{brought.new} new, {brought.changed} changed, {brought.unchanged} unchanged"


def _counted(brought: Brought) -> dict[str, object]:
    return {"new": brought.new, "changed": brought.changed, "unchanged": brought.unchanged}
