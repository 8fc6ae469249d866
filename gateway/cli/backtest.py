"""`casepost backtest`: what would become of past mails under the files of today."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from gateway.backtest import Backtest, Difference, Outcome, Tally, Verdict, Window, opened, plain
from gateway.cli.options import ConfigOption, FilesOnlyOption, JsonOption
from gateway.cli.screen import on_one_line, print_json, progress, screen
from gateway.config import duration
from gateway.config.load import Configuration, load
from gateway.config.toml_file import did_you_mean
from gateway.errors import Misused

# Wide enough for most values; the rest of a line is what did it.
_WIDTHS = {"Mail": 8, "Case": 16, "Field": 9, "Then": 26, "Now": 26}


def backtest(
    config: ConfigOption,
    since: Annotated[
        str, typer.Option(metavar="DURATION", help='How far back, such as "30d".')
    ] = "30d",
    desk: Annotated[str, typer.Option(metavar="DESK", help="Mails of this desk alone.")] = "",
    *,
    files_only: FilesOnlyOption = False,
    as_json: JsonOption = False,
) -> None:
    """Decide on past mails anew, under the files of today, and print what would differ.

    Each mail is decided on by what was known then, but for people, orders and articles, which are
    those of today. Limits and floods are left out. Nothing is written. With --json each difference
    is an object on a line of its own, and the last line has the totals. Exit code 1 if anything
    would differ.

    Example: casepost backtest --since 30d --desk NAME
    """
    window = Window(datetime.now(UTC) - _duration(since), desk)
    configuration = load(config)
    _require(configuration, desk)
    tally = Tally()
    with opened(configuration, window, files_only=files_only) as test:
        print_differences(tally.watch(progress(test.run(), test.total, "mails")), as_json=as_json)
        print_totals(tally, test, as_json=as_json)
    if tally.verdicts[Verdict.DIFFERENT]:
        raise typer.Exit(1)


def _duration(text: str) -> timedelta:
    try:
        return duration.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--since") from None


def _require(configuration: Configuration, name: str) -> None:
    known = tuple(desk.name for desk in configuration.desks)
    if name and name not in known:
        raise Misused(f'there is no desk "{name}"{did_you_mean(name, known)}')


def print_totals(tally: Tally, test: Backtest, *, as_json: bool) -> None:
    """Print the totals."""
    if as_json:
        print_json({"totals": tally.plain(test)})
        return
    fields = ", ".join(f"{name} {count}" for name, count in sorted(tally.fields.items()))
    says = (
        f"{tally.verdicts[Verdict.DIFFERENT]} of {tally.mails} mails would differ",
        f" ({fields}), on {tally.cases} cases" if fields else "",
        f"; {tally.verdicts[Verdict.LEFT_OUT]} decided on by floods or limits left out",
        f"; {tally.verdicts[Verdict.GONE]} gone",
        f"; {tally.mails_a_second:.0f} mails a second",
    )
    screen().print(Text("".join(says)), soft_wrap=True)


def print_differences(outcomes: Iterable[Outcome], *, as_json: bool) -> None:
    """Print differences as they are found."""
    header = True
    for one in outcomes:
        if as_json:
            for difference in one.differences:
                print_json(plain(difference))
        elif one.differences:
            screen().print(_table(one.differences, header=header))
            header = False


def _table(found: Iterable[Difference], *, header: bool) -> Table:
    """Give a table of one mail's differences, whose columns stand below those of the others."""
    table = Table(box=None, header_style="bold", pad_edge=False, show_header=header, expand=True)
    for name, width in _WIDTHS.items():
        table.add_column(name, width=width, overflow="fold")
    table.add_column("By", ratio=1, overflow="fold")
    for one in found:
        cells = (str(one.mail), one.case, one.field, one.then, one.now, one.by)
        table.add_row(*(Text(on_one_line(cell)) for cell in cells))
    return table
