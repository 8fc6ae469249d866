"""Reports as one CSV file (RFC 4180), a line a figure, for spreadsheets and programs."""

import csv
import unicodedata
from collections.abc import Iterable, Iterator
from io import StringIO

from gateway.report.figures import Figures
from gateway.report.tables import Cell, Kind, Table, tables

HEAD = ("desk", "from", "to", "table", "row", "figure", "value")

# What a spreadsheet would take for a formula, in some countries as wide letters.
_FORMULA = ("=", "+", "-", "@")
_BETWEEN = " / "


def spreadsheet(reports: Iterable[Figures]) -> str:
    """Give the figures of all reports; lengths are in seconds, shares parts of 1."""
    file = StringIO()
    writer = csv.writer(file)
    writer.writerow(HEAD)
    for one in reports:
        days = (one.period.first.isoformat(), one.period.last.isoformat())
        for table in tables(one):
            writer.writerows((one.scope.desk, *days, *line) for line in _lines(table))
        average = one.ratings.average
        if average is not None:
            writer.writerow((one.scope.desk, *days, "ratings", "", "average", _number(average)))
    return file.getvalue()


def _lines(table: Table) -> Iterator[tuple[str, ...]]:
    for row in table.rows:
        cells = tuple(zip(table.columns, row, strict=True))
        words = (str(cell) for column, cell in cells if column.kind is Kind.TEXT)
        name = _harmless(_BETWEEN.join(words))
        for column, cell in cells:
            if column.kind is not Kind.TEXT:
                yield table.key, name, column.key, _number(cell)


def _number(cell: Cell) -> str:
    """Write a number with a point, at most four digits behind it; what is not known is empty."""
    return "" if cell is None else f"{round(cell, 4) if isinstance(cell, float) else cell}"


def _harmless(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would compute."""
    begins = unicodedata.normalize("NFKC", text.lstrip()[:1])
    return f"'{text}" if begins in _FORMULA else text
