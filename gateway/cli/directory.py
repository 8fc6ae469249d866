"""`casepost directory`: the people that the desks know."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from gateway.cli.options import ConfigOption, JsonOption
from gateway.cli.reading import reading
from gateway.cli.screen import plain, print_json, progress, shown
from gateway.cli.writing import writing
from gateway.config import csv_file
from gateway.config.csv_file import CsvFile
from gateway.config.load import Configuration, load
from gateway.desk.directory_row import ADDRESS, Registered, Wrong, clashes, column_name, read_row
from gateway.desk.person import Person
from gateway.errors import Finding, Misconfigured
from gateway.store import directory as directory_store
from gateway.store.directory_import import Brought, compare, taken

directory = typer.Typer(
    name="directory", add_completion=False, help="Bring people into the directory."
)

T = TypeVar("T")

_AT_ONCE = 2000
_MOST_FINDINGS = 100

_Rows = list[tuple[int, Registered]]


@directory.callback()
def _group() -> None:
    """Make `import` a command of its own, although it is the only one."""


@directory.command("import")
def import_people(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="People, one a row.")],
    config: ConfigOption,
    *,
    as_json: JsonOption = False,
) -> None:
    """Enter the people of a CSV file, or bring them up to date; all of them, or none.

    The first line names the columns: address, name, organisation, language, aliases, domains, and
    any others, which are facts about the person. A column that the file has not stays as it is.
    Each finding is a line FILE:LINE: message; exit code 1 if there is any.

    Example: casepost directory import customers.csv
    """
    configuration = load(config)
    try:
        table = csv_file.read(file, column_name)
        rows = _read(table, configuration)
        brought = _bring_in(table, rows, configuration)
    except Misconfigured as refused:
        _refuse(refused.findings, as_json=as_json)
        raise typer.Exit(1) from None
    if as_json:
        print_json({**_counted(brought), "findings": []})
    else:
        typer.echo(f"{brought.new} new, {brought.changed} changed, {brought.unchanged} unchanged")


def _read(table: CsvFile, configuration: Configuration) -> _Rows:
    """Read every row. Raises Misconfigured with what is wrong in any, or between them."""
    if ADDRESS not in table.columns:
        raise Misconfigured((table.finding(1, f'there is no column "{ADDRESS}"'),))
    findings: list[Finding] = []
    rows: _Rows = []
    for line, cells in progress(table.rows, len(table.rows), "read"):
        by_column = dict(zip(table.columns, cells, strict=True))
        row = read_row(by_column, _noting(table, line, findings))
        if row is not None:
            rows.append((line, row))
    desks = frozenset(address for desk in configuration.desks for address in desk.addresses)
    findings += _findings(table, clashes(rows, desks))
    if findings:
        raise Misconfigured(tuple(sorted(findings, key=lambda finding: finding.line)))
    return rows


def _bring_in(table: CsvFile, rows: _Rows, configuration: Configuration) -> Brought:
    """Write what is new or different. Raises Misconfigured with what is somebody else's.

    All is compared before anything is written, so that a daemon beside waits for the rest only.
    """
    brought = Brought()
    different: list[Person] = []
    with reading(configuration.settings) as connection:
        if findings := tuple(_findings(table, taken(connection, rows, table.columns))):
            raise Misconfigured(findings)
        people = [row for _, row in rows]
        for portion in _portions(people, "compared"):
            changed, counted = compare(connection, portion, table.columns)
            different += changed
            brought += counted
    with writing(configuration.settings) as connection:
        for some in _portions(different, "written"):
            directory_store.put(connection, some)
        domains = {domain: row.person.organisation for row in people for domain in row.domains}
        directory_store.put_domains(connection, domains)
    return brought


def _portions(things: Sequence[T], what: str) -> Iterator[Sequence[T]]:
    portions = [things[start : start + _AT_ONCE] for start in range(0, len(things), _AT_ONCE)]
    return progress(portions, len(portions), what)


def _noting(table: CsvFile, line: int, findings: list[Finding]) -> Wrong:
    """Give what takes note of all that is wrong on a line."""
    return lambda column, what: findings.append(table.finding(line, _said(column, what)))


def _findings(table: CsvFile, problems: Iterator[tuple[int, str, str]]) -> Iterator[Finding]:
    for line, column, what in problems:
        yield table.finding(line, _said(column, what))


def _said(column: str, what: str) -> str:
    return f"{column}: {what}"


def _counted(brought: Brought) -> dict[str, object]:
    return {"new": brought.new, "changed": brought.changed, "unchanged": brought.unchanged}


def _refuse(findings: Sequence[Finding], *, as_json: bool) -> None:
    """Print what is wrong; of very many findings, the first."""
    lines = [str(replace(f, path=shown(f.path))) for f in findings[:_MOST_FINDINGS]]
    if as_json:
        print_json({**_counted(Brought()), "findings": lines})
        return
    for line in lines:
        sys.stdout.write(plain(line) + "\n")
    more = len(findings) - len(lines)
    if more:
        typer.echo(f"and {more} more")
    typer.echo("nothing was changed")
