"""`casepost backtest`: what would become of past mails under the files of today."""

import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from gateway.backtest import Backtest, Difference, Outcome, Verdict, Window
from gateway.cli.options import ConfigOption, FilesOnlyOption, JsonOption
from gateway.cli.screen import on_one_line, print_json, progress, screen
from gateway.config import duration
from gateway.config.load import Configuration, load
from gateway.config.toml_file import did_you_mean
from gateway.errors import Misused
from gateway.house import open_to_look
from gateway.store.database import Database
from gateway.store.revision import require_present

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
    with _opened(configuration, window, files_only=files_only) as test:
        print_differences(tally.watch(progress(test.run(), test.total, "mails")), as_json=as_json)
        tally.print(test, as_json=as_json)
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


@contextmanager
def _opened(
    configuration: Configuration, window: Window, *, files_only: bool
) -> Iterator[Backtest]:
    """Open a house to look into it, with room for what is needed meanwhile."""
    settings = configuration.settings
    database = Database(settings.database.url, settings.data, looks_only=True)
    try:
        require_present(database)
        # On the disk: a directory may be larger than what a folder in memory holds.
        with tempfile.TemporaryDirectory(prefix="casepost-") as folder:
            house = open_to_look(configuration, database, with_edited=not files_only)
            with Backtest(house, Path(folder), window) as test:
                yield test
    finally:
        database.close()


class Tally:
    """How many mails came to what, and how long it took."""

    def __init__(self) -> None:
        """Begin with none."""
        self.verdicts: Counter[Verdict] = Counter()
        self.fields: Counter[str] = Counter()
        self._cases: set[str] = set()
        self._began = time.monotonic()

    def watch(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        """Count outcomes as they pass."""
        for one in outcomes:
            self.verdicts[one.verdict] += 1
            self.fields.update({difference.field for difference in one.differences})
            self._cases.update(difference.case for difference in one.differences)
            yield one

    def print(self, test: Backtest, *, as_json: bool) -> None:
        """Print the totals."""
        seconds = max(time.monotonic() - self._began, 0.001)
        mails = sum(self.verdicts.values())
        totals: dict[str, object] = {
            "mails": mails,
            **{one.value.replace("-", "_"): self.verdicts[one] for one in Verdict},
            "cases": len(self._cases - {""}),
            "fields": dict(sorted(self.fields.items())),
            "not_decided": {
                state: test.states.get(state, 0) for state in ("waiting", "failed", "duplicate")
            },
            "mails_a_second": round(mails / seconds, 1),
        }
        if as_json:
            print_json({"totals": totals})
            return
        fields = ", ".join(f"{name} {count}" for name, count in sorted(self.fields.items()))
        says = (
            f"{self.verdicts[Verdict.DIFFERENT]} of {mails} mails would differ",
            f" ({fields}), on {len(self._cases - {''})} cases" if fields else "",
            f"; {self.verdicts[Verdict.LEFT_OUT]} decided on by floods or limits left out",
            f"; {self.verdicts[Verdict.GONE]} gone",
            f"; {mails / seconds:.0f} mails a second",
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


def plain(one: Difference) -> dict[str, object]:
    """Give a difference as an object of plain values."""
    return {
        "mail": one.mail,
        "case": one.case or None,
        "desk": one.desk,
        "received_at": one.received_at.isoformat(),
        "from": one.author,
        "subject": one.subject,
        "field": one.field,
        "then": one.then,
        "now": one.now,
        "by": one.by,
    }


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
