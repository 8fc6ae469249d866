"""`casepost report`: how the desks did from one day to another."""

import json
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from enum import Enum
from io import StringIO
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table as Shown
from rich.text import Text

from gateway.cli.options import ConfigOption, JsonOption
from gateway.cli.reading import reading
from gateway.cli.screen import on_one_line
from gateway.config.desk import Desk
from gateway.config.load import load
from gateway.config.toml_file import did_you_mean
from gateway.desk.dates import read_date
from gateway.errors import Misused
from gateway.report.figures import Figures
from gateway.report.gather import gather
from gateway.report.page import page
from gateway.report.plain import plain
from gateway.report.spreadsheet import spreadsheet
from gateway.report.tables import Kind, Table, shortened, tables
from gateway.report.written import days, written

# Above what a course has.
_MOST_ROWS = 50
_WIDTH_OF_A_FILE = 120


class Form(Enum):
    """The forms of a report."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    HTML = "html"


def report(  # noqa: PLR0913  they are its options
    config: ConfigOption,
    since: Annotated[str, typer.Option("--from", metavar="DAY", help="The first day.")],
    until: Annotated[str, typer.Option("--to", metavar="DAY", help="The last day, included.")],
    *,
    desk: Annotated[str, typer.Option(metavar="DESK", help="Only this desk.")] = "",
    organisation: Annotated[
        str, typer.Option(metavar="NAME", help="Only cases of this organisation.")
    ] = "",
    product: Annotated[str, typer.Option(metavar="NAME", help="Only cases of this product.")] = "",
    form: Annotated[Form, typer.Option("--format", help="How it is written.")] = Form.TABLE,
    as_json: JsonOption = False,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Write to this file.")] = None,
) -> None:
    """Report how many cases came and went, how targets were kept, what customers said.

    Days are those of each desk's timezone. With --format html it is one file, for a browser or
    for paper.

    Example: casepost report --from 2026-03-01 --to 2026-03-31 --format html --output march.html
    """
    between = _day(since, "--from"), _day(until, "--to")
    now = datetime.now(UTC)
    configuration = load(config)
    desks = _chosen(configuration.desks, desk)
    found = []
    with reading(configuration.settings) as connection:
        for one in desks:
            try:
                found.append(gather(connection, one, between, now, organisation, product))
            except ValueError as error:
                raise Misused(f"these days are no period: {error}") from None
    text = _text(Form.JSON if as_json else form, found, now)
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8", newline="")


def _day(text: str, option: str) -> date:
    try:
        return read_date(text)
    except ValueError as error:
        raise Misused(f"{option}: {error}") from None


def _chosen(desks: tuple[Desk, ...], name: str) -> tuple[Desk, ...]:
    known = tuple(desk.name for desk in desks)
    if name and name not in known:
        raise Misused(f'there is no desk "{name}"{did_you_mean(name, known)}')
    return tuple(desk for desk in desks if name in {"", desk.name})


def _text(form: Form, found: Sequence[Figures], now: datetime) -> str:
    match form:
        case Form.JSON:
            return json.dumps({"reports": [plain(one) for one in found]}) + "\n"
        case Form.CSV:
            return spreadsheet(found)
        case Form.HTML:
            return page(found, now)
    file = StringIO()
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else _WIDTH_OF_A_FILE
    _print(Console(file=file, markup=False, highlight=False, emoji=False, width=width), found)
    return file.getvalue()


def _print(console: Console, found: Sequence[Figures]) -> None:
    for one in found:
        only = (one.scope.organisation, one.scope.product)
        about = (one.scope.desk, days(one.period.first, one.period.last), *filter(None, only))
        console.print(Text(on_one_line(", ".join(about)), "bold"))
        for table in tables(one):
            console.print()
            console.print(_shown(shortened(table, _MOST_ROWS)))
            console.print(Text(table.note, "italic"))
        console.print()


def _shown(table: Table) -> Shown:
    shown = Shown(title=table.title, title_justify="left", box=None, pad_edge=False)
    shown.title_style = shown.header_style = "bold"
    for column in table.columns:
        shown.add_column(column.title, justify="left" if column.kind is Kind.TEXT else "right")
    for row in table.rows:
        cells = zip(table.columns, row, strict=True)
        shown.add_row(*(Text(on_one_line(written(cell, column.kind))) for column, cell in cells))
    return shown
