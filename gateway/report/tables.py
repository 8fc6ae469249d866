"""A report as tables, which every form of it that people read is made of."""

from dataclasses import dataclass, replace
from enum import Enum

from gateway.report.figures import Aged, Figures, Flow, Group, Reached

Cell = str | int | float | None


class Kind(Enum):
    """What stands in a column: words, a count, a part of 1, or seconds."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what programs call it, what people read above it, and what stands in it."""

    key: str
    title: str
    kind: Kind = Kind.COUNT


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what programs call it, its title, what it says in a sentence, and its rows."""

    key: str
    title: str
    note: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


_ALL = "all"
_NONE = "none"

_NAME = "name"
# What can be added up.
_ADDED = frozenset({Kind.COUNT, Kind.LENGTH})


def tables(figures: Figures) -> tuple[Table, ...]:
    """Give the tables of a report, those with nothing in them left out."""
    found = (
        _flow(figures.flow),
        _course(figures),
        _targets(figures.targets),
        *_groups(figures),
        _statuses(figures),
        _backlog(figures.backlog),
        _spent(figures),
        _ratings(figures),
        _deflection(figures),
    )
    return tuple(table for table in found if table.rows)


def shortened(table: Table, most: int) -> Table:
    """Give a table of at most so many rows, the last one of them the sum of all that follow."""
    if len(table.rows) <= most:
        return table
    kept, others = table.rows[: most - 1], table.rows[most - 1 :]
    last: list[Cell] = []
    for place, column in enumerate(table.columns):
        cells = (row[place] for row in others)
        added = sum(cell for cell in cells if isinstance(cell, int | float))
        last.append(added if column.kind in _ADDED else "")
    last[0] = f"{len(others)} more"
    return replace(table, rows=(*kept, tuple(last)))


def age(one: Aged) -> str:
    """Say how old cases of a piece of a backlog are."""
    if one.below is None:
        return f"{one.least} days and more"
    if one.least == 0:
        return "less than a day"
    return f"{one.least} to {one.below} days"


def _flow(flow: Flow) -> Table:
    lines = (
        ("open at the start", flow.open_at_start),
        ("created", flow.created),
        ("of these merged as duplicates", flow.duplicates),
        ("reopened", flow.reopened),
        ("resolved", flow.resolved),
        ("open at the end", flow.open_at_end),
    )
    note = "Open at the start, created and reopened are as many as resolved and open at the end."
    return Table("cases", "Cases", note, (_text(_NAME, "What"), Column("cases", "Cases")), lines)


def _groups(figures: Figures) -> tuple[Table, ...]:
    groups = figures.groups
    columns = (
        Column("created", "Created"),
        Column("resolved", "Resolved"),
        Column("reopened", "Reopened"),
        Column("open", "Open at the end"),
        Column("spent", "Time spent", Kind.LENGTH),
        Column("charged", "Chargeable", Kind.LENGTH),
    )
    return tuple(
        Table(
            f"by-{word}",
            f"By {word}",
            f"Cases by the {word} that they have now.",
            (_text(word, word.capitalize()), *columns),
            tuple(_group(one) for one in found) if _says_something(found) else (),
        )
        for word, found in (
            ("type", groups.types),
            ("severity", groups.severities),
            ("organisation", groups.organisations),
            ("product", groups.products),
        )
    )


def _says_something(groups: tuple[Group, ...]) -> bool:
    return any(group.name for group in groups)


def _group(one: Group) -> tuple[Cell, ...]:
    counts = (one.created, one.resolved, one.reopened, one.open_at_end, one.spent, one.charged)
    return (one.name or _NONE, *counts)


def _targets(found: tuple[Reached, ...]) -> Table:
    columns = (
        _text("target", "Target"),
        _text("type", "Type"),
        _text("severity", "Severity"),
        _text("promised", "Promised"),
        Column("in_time", "In time"),
        Column("missed", "Missed"),
        Column("share", "Share met", Kind.SHARE),
        Column("median", "Median", Kind.LENGTH),
        Column("p90", "90 % within", Kind.LENGTH),
    )
    note = "Times are those of each target's own clock, which stands when the desk is closed."
    rows = tuple(
        (
            one.target,
            _kind(one.type),
            _kind(one.severity),
            one.promised,
            one.in_time,
            one.missed,
            one.share,
            one.median,
            one.ninetieth,
        )
        for one in found
    )
    return Table("targets", "Targets", note, columns, rows)


def _kind(name: str | None) -> str:
    return _ALL if name is None else name or _NONE


def _statuses(figures: Figures) -> Table:
    columns = [
        _text("status", "Status"),
        Column("stays", "Times"),
        Column("average", "On average", Kind.LENGTH),
    ]
    has_hours = any(one.working is not None for one in figures.statuses)
    if has_hours:
        columns.append(Column("working", "In opening hours", Kind.LENGTH))
    rows = tuple(
        (one.status, one.stays, one.average, *((one.working,) if has_hours else ()))
        for one in figures.statuses
    )
    note = "How long cases were in each status that they left in this time."
    return Table("statuses", "Time in each status", note, tuple(columns), rows)


def _backlog(found: tuple[Aged, ...]) -> Table:
    columns = (
        _text("age", "Age"),
        Column("in_hand", "To be worked on"),
        Column("waiting", "Waiting"),
        Column("unworked", "Nobody's work"),
        Column("total", "Together"),
    )
    rows = tuple((age(one), one.in_hand, one.waiting, one.unworked, one.total) for one in found)
    note = "Cases that are open at the end, by how long ago they began."
    return Table("backlog", "Backlog", note, columns, rows)


def _spent(figures: Figures) -> Table:
    columns = (
        _text("type", "Type"),
        _text("chargeable", "Chargeable"),
        Column("spent", "Time spent", Kind.LENGTH),
    )
    rows = tuple(
        (one.type or _NONE, "yes" if one.chargeable else "no", one.seconds) for one in figures.spent
    )
    return Table("time-spent", "Time spent", "What agents recorded.", columns, rows)


def _ratings(figures: Figures) -> Table:
    ratings = figures.ratings
    columns = (_text("stars", "Stars"), Column("ratings", "Ratings"))
    if ratings.average is None:
        return Table("ratings", "Ratings", "", columns, ())
    rows = tuple((str(stars), times) for stars, times in sorted(ratings.by_stars.items()))
    given = f"{ratings.count} rating{'' if ratings.count == 1 else 's'}"
    note = f"{ratings.average:.2f} of 5 stars on average, from {given}."
    return Table("ratings", "Ratings", note, columns, rows)


def _deflection(figures: Figures) -> Table:
    found = figures.deflection
    lines: list[tuple[Cell, ...]] = [
        ("answered by a prepared answer", found.answered),
        ("of these nobody's work", found.answered_alone),
        ("articles suggested", found.suggested),
        ("of these solved without an agent", found.suggested_alone),
    ]
    if found.clicks is not None:
        lines.append(("links to articles followed, of all desks", found.clicks))
    columns = (_text(_NAME, "What"), Column("cases", "Count"))
    note = "Of the cases that were created in this time."
    return Table("deflection", "Without an agent", note, columns, tuple(lines))


def _course(figures: Figures) -> Table:
    columns = (_text("from", "From"), Column("created", "Created"), Column("resolved", "Resolved"))
    rows = tuple((piece.day.isoformat(), piece.created, piece.resolved) for piece in figures.course)
    return Table("course", "Course", "How many came and went.", columns, rows)


def _text(key: str, title: str) -> Column:
    return Column(key, title, Kind.TEXT)
