"""A report's page and its charts: one file that runs nothing, loads nothing, and is well-formed."""

import csv
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from io import StringIO

import pytest

from gateway.report.charts import Bar, bars, columns
from gateway.report.figures import (
    Aged,
    Deflection,
    Figures,
    Flow,
    Group,
    Groups,
    Piece,
    Ratings,
    Reached,
    Scope,
    Spent,
    Stayed,
)
from gateway.report.page import page
from gateway.report.period import period
from gateway.report.plain import plain
from gateway.report.spreadsheet import HEAD, spreadsheet
from gateway.report.summary import summary
from gateway.report.tables import Kind, shortened, tables
from gateway.report.written import length, share, written

AT = datetime(2026, 4, 1, 8, 30, tzinfo=UTC)
EVIL = "</style><script>alert('1')</script>\u202e\x00\"&"
VOID = {"meta"}


def figures(name: str = EVIL, groups: int = 2, desk: str = "busy") -> Figures:
    """Give a report in which everything that anybody can name has this name."""
    many = tuple(Group(f"{name}{n}", n, n, 0, n, 60 * n, 0) for n in range(groups))
    return Figures(
        scope=Scope(desk, name, name, name),
        period=period(date(2026, 3, 1), date(2026, 3, 3), "UTC", AT),
        flow=Flow(1, 2, 0, 2, 1, 2),
        course=tuple(Piece(date(2026, 3, day), day, 3 - day) for day in (1, 2, 3)),
        groups=Groups(many, many, many, many),
        targets=(
            Reached(name, None, None, "", 29, 1, 30, 3600.0, 86_400.0),
            Reached(name, name, name, name, 29, 1, 30, 3600.0, 86_400.0),
            Reached("none", None, None, "none", 0, 0, 0, None, None),
        ),
        statuses=(Stayed(name, 3, 90_000.0, 61.0),),
        backlog=(Aged(0, 1, 1, 0, 0), Aged(1, None, 0, 1, 0)),
        spent=(Spent(name, 5400, chargeable=True),),
        ratings=Ratings(3, 4 + 2 / 3, {1: 0, 2: 0, 3: 0, 4: 1, 5: 2}),
        deflection=Deflection(1, 1, 2, 1, None),
    )


class Reader(HTMLParser):
    """Reads a page: its elements with their attributes, what they say, and which are not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.said: list[tuple[str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that closes itself."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Close the element that was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note a text with what it stands in."""
        if data.strip():
            self.said.append((self.open[-1] if self.open else "", data))


def test_a_page_runs_nothing_and_loads_nothing() -> None:
    """Whatever a desk, a status, an organisation or a product is called."""
    read = Reader(page([figures()], AT))
    assert [] == read.open
    assert {"script", "link", "img", "iframe", "object", "a", "form", "base"}.isdisjoint(
        tag for tag, _ in read.elements
    )
    names = {name for _, attributes in read.elements for name in attributes}
    assert {name for name in names if name.startswith("on")} == set()
    assert {"src", "href", "xlink:href", "style", "action"}.isdisjoint(names)
    (style,) = (text for tag, text in read.said if tag == "style")
    assert "url(" not in style
    assert "@import" not in style
    policies = [a["content"] for t, a in read.elements if t == "meta" and "http-equiv" in a]
    assert ["default-src 'none'; style-src 'unsafe-inline'"] == policies
    shown = EVIL.replace("\x00", "\ufffd").replace("\u202e", "\ufffd")
    assert ("h1", shown) in read.said


def test_each_chart_says_what_it_shows() -> None:
    """By a title and a description of its own, and the same figures stand in a table."""
    read = Reader(page([figures(), figures(desk="idle")], AT))
    ids = Counter(a["id"] for _, a in read.elements if "id" in a)
    assert {1} == set(ids.values())
    charts = [a for tag, a in read.elements if tag == "svg"]
    assert 10 == len(charts)
    for chart in charts:
        assert "img" == chart["role"]
        assert set((chart["aria-labelledby"] or "").split()) <= set(ids)
    described = [text for tag, text in read.said if tag == "desc"]
    assert "5 of 5: 2; 4 of 5: 1; 3 of 5: 0; 2 of 5: 0; 1 of 5: 0" in described
    assert "Created: 6 in all; Resolved: 3 in all. The table below says them all." in described


def test_it_is_for_dark_screens_and_for_paper() -> None:
    """What is light on a screen in the dark is black on white on paper."""
    text = page([figures()], AT)
    assert "@media (prefers-color-scheme: dark)" in text
    assert "@media print" in text
    assert "break-inside: avoid" in text
    assert '<html lang="en">' in text
    assert "Made 2026-04-01 08:30 UTC." in text


def test_what_is_wide_scrolls_by_itself() -> None:
    """On a narrow screen neither words nor charts become too small to be read."""
    text = page([figures("x")], AT)
    wide = text.count('<div class="wide">')
    assert text.count("<table>") + text.count("<svg ") == wide
    assert ".wide { overflow-x: auto; }" in text


def test_a_course_of_two_years_says_which() -> None:
    """Else two pieces would have the same name."""
    one = figures("x")
    over = replace(one, course=(Piece(date(2025, 12, 1), 1, 1), Piece(date(2026, 1, 1), 1, 1)))
    assert ">2025-12-01</text>" in page([over], AT)
    assert ">03-01</text>" in page([one], AT)


def test_a_long_table_ends_in_a_sum() -> None:
    """So that the page stays short, and nothing is left out."""
    (table,) = (one for one in tables(figures("x", 250)) if one.key == "by-organisation")
    short = shortened(table, 100)
    assert (250, 100) == (len(table.rows), len(short.rows))
    assert "151 more" == short.rows[-1][0]
    for place, column in enumerate(table.columns):
        if column.kind is not Kind.TEXT:
            sums = [sum(row[place] for row in one.rows) for one in (table, short)]  # type: ignore[misc]
            assert sums[0] == sums[1]
    assert table is shortened(table, 250)


def test_a_spreadsheet_computes_nothing() -> None:
    """What begins like a formula does not begin so any more; numbers are plain."""
    rows = list(csv.reader(StringIO(spreadsheet([figures("=cmd()")]))))
    assert list(HEAD) == rows[0]
    assert {7} == {len(row) for row in rows}
    assert not [row for row in rows if row[4].startswith("=")]
    kept = [row[3:] for row in rows if row[3] == "targets" and row[4].startswith("'=cmd() / all")]
    assert ["targets", "'=cmd() / all / all / ", "share", "0.9667"] in kept
    assert ["ratings", "", "average", "4.6667"] == rows[-1][3:]


def test_the_summary_says_the_most_important() -> None:
    """In lines of plain text, for the mail that brings the page."""
    assert [
        "Open at the start:          1",
        "Created:                    2",
        "Reopened:                   1",
        "Resolved:                   2",
        "Open at the end:            2",
        "Target prompt:              96.7 % in time, 1 missed, median 1 h",
        "Time spent:                 1 h 30 min, 1 h 30 min of it chargeable",
        "Ratings:                    4.67 of 5 stars, from 3",
    ] == summary(figures("prompt")).splitlines()


def test_plain_values_have_their_keys() -> None:
    """Others script against them; what was not asked for is null."""
    found = plain(replace(figures(), scope=Scope("busy", "Busy")))
    assert (None, None) == (found["organisation"], found["product"])
    assert {
        *("desk", "title", "from", "to", "begin", "end", "organisation", "product", "cases"),
        *("by_type", "by_severity", "by_organisation", "by_product", "targets", "statuses"),
        *("backlog", "time_spent", "ratings", "deflection", "course"),
    } == set(found)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 min"),
        (29, "29 s"),
        (60, "1 min"),
        (3599.9, "1 h"),
        (90_061, "25 h 1 min"),
        (3_600_000, "1,000 h"),
    ],
)
def test_lengths_are_hours_and_minutes(seconds: float, text: str) -> None:
    """Not days, of which some have 24 hours and some 8."""
    assert text == length(seconds)


def test_what_is_not_all_is_not_written_as_all() -> None:
    """One that was missed is seen, however many there are; what is not known is a dash."""
    assert ["100.0 %", "99.9 %", "96.7 %", "0.0 %"] == [
        share(part) for part in (1, 0.99999, 0.9667, 0)
    ]
    assert ["\N{EN DASH}", "\N{EN DASH}", "1,234"] == [
        written(cell, Kind.COUNT) for cell in (None, "", 1234)
    ]


def test_bars_are_as_long_as_their_values() -> None:
    """The longest fills the width, or the whole where there is one; nothing is no length."""
    drawn = bars("x", "X", [Bar("a", 1, "1"), Bar("b", 4, "4"), Bar("c", 0, "0")])
    assert ["102.5", "410.0", "0.0"] == re.findall(r'width="([\d.]+)"', drawn)
    assert ["205.0"] == re.findall(r'width="([\d.]+)"', bars("x", "X", [Bar("a", 0.5, "")], 1))
    assert ["0.0"] == re.findall(r'width="([\d.]+)"', bars("x", "X", [Bar("a", 0, "0")]))
    flat = columns("x", "X", ["a", "b"], [("One", [0, 0]), ("Two", [0, 0])])
    assert {"0.0"} == set(re.findall(r'height="([\d.]+)" class', flat))


@pytest.mark.parametrize(
    "name", ["+1", "-1", "@a", "\uff1d1", "\ufe631", "\t=1", " =1", "\u00a0@a"]
)
def test_no_name_of_a_customer_is_a_formula(name: str) -> None:
    """However wide its first letter is, and whatever blanks stand before it."""
    rows = list(csv.reader(StringIO(spreadsheet([figures(name)]))))
    begun = {row[4] for row in rows if name in row[4]}
    assert begun
    assert all(cell.startswith("'") or not cell.startswith(name) for cell in begun)
