"""Reading a CSV file (RFC 4180) strictly: a row of names, and rows of as many cells."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from gateway.config.text_file import read_text
from gateway.errors import Finding, Misconfigured

_LONGEST = 256 * 1024 * 1024
_MOST_FINDINGS = 100


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A CSV file: its columns, and each row's cells with the line that it begins on."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def finding(self, line: int, message: str) -> Finding:
        """Say what is wrong on a line; a message may repeat what stands there."""
        return Finding(str(self.path), line, _printable(message))


def read(path: Path, column_name: Callable[[str], str]) -> CsvFile:
    """Read a CSV file in UTF-8; blank lines count for nothing.

    `column_name` gives a column its name from how it is written, and raises ValueError. Raises
    Misconfigured with everything that is wrong.
    """
    lines = _lines(path)
    first = next(lines, None)
    if first is None:
        raise Misconfigured((Finding(str(path), 1, "is empty; the first line names the columns"),))
    line, header = first
    findings: list[Finding] = []

    def wrong(at: int, message: str) -> None:
        findings.append(Finding(str(path), at, _printable(message)))

    columns = _columns(header, column_name, lambda message: wrong(line, message))
    rows = []
    for at, cells in lines:
        if len(cells) != len(header):
            wrong(at, f"the row has {len(cells)} cells, and {len(header)} columns are named")
        else:
            rows.append((at, tuple(cells)))
    if findings:
        raise Misconfigured(tuple(findings[:_MOST_FINDINGS]))
    return CsvFile(path, columns, tuple(rows))


def _columns(
    header: list[str], column_name: Callable[[str], str], wrong: Callable[[str], None]
) -> tuple[str, ...]:
    if len(header) == 1 and ";" in header[0]:
        wrong("columns are separated by commas, and these by semicolons")
        return ()
    columns: list[str] = []
    for number, written in enumerate(header, 1):
        try:
            name = column_name(written)
        except ValueError as error:
            wrong(f'column {number} is named "{written}": {error}')
            continue
        if name in columns:
            wrong(f'there are two columns "{name}"')
        columns.append(name)
    return tuple(columns)


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Give each row that is not blank, with the line that it begins on."""
    reader = csv.reader(StringIO(read_text(path, _LONGEST), newline=""), strict=True)
    begin = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begin, cells
            begin = reader.line_num + 1
    except csv.Error as error:
        finding = Finding(str(path), begin, f"is not well-formed CSV: {error}")
        raise Misconfigured((finding,)) from None


def _printable(message: str) -> str:
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in message)
