"""Reports as one HTML file: nothing in it runs, and nothing of it comes from elsewhere.

Names of statuses, organisations and products are anybody's; every text is escaped.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from gateway.report.charts import Bar, bars, columns
from gateway.report.figures import Figures
from gateway.report.hypertext import text
from gateway.report.style import STYLE
from gateway.report.tables import Kind, Table, age, shortened, tables
from gateway.report.written import days, length, share, written

# Longer tables are for spreadsheets.
_MOST_ROWS = 100
# Styles are in the page, and nothing else may be loaded.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(reports: Iterable[Figures], at: datetime) -> str:
    """Give one page of all reports, made at that time."""
    found = tuple(reports)
    title = ", ".join(one.scope.title for one in found)
    period = days(found[0].period.first, found[0].period.last) if found else ""
    articles = "\n".join(_article(one) for one in found)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(title)}, {period}</title>\n<style>\n{STYLE}\n</style>\n</head>\n"
        f"<body>\n<main>\n{articles}\n</main>\n"
        f"<footer>Made {at:%Y-%m-%d %H:%M} UTC.</footer>\n</body>\n</html>\n"
    )


def _article(figures: Figures) -> str:
    scope, period = figures.scope, figures.period
    only = [one for one in (scope.organisation, scope.product) if one]
    about = f"{days(period.first, period.last)}{''.join(f', {one} only' for one in only)}"
    if period.until < period.end:
        about += ", so far"
    drawn = _charts(figures)
    sections = "\n".join(
        _section(figures, table, drawn.get(table.key, "")) for table in tables(figures)
    )
    return (
        f"<article>\n<h1>{text(scope.title)}</h1>\n<p>{text(about)}</p>\n"
        f"{_tiles(figures)}\n{sections}\n</article>"
    )


def _tiles(figures: Figures) -> str:
    flow, ratings = figures.flow, figures.ratings
    tiles = [
        ("Open at the start", f"{flow.open_at_start:,}"),
        ("Created", f"{flow.created:,}"),
        ("Resolved", f"{flow.resolved:,}"),
        ("Reopened", f"{flow.reopened:,}"),
        ("Open at the end", f"{flow.open_at_end:,}"),
    ]
    if ratings.average is not None:
        tiles.append((f"Stars of 5, from {ratings.count:,}", f"{ratings.average:.2f}"))
    return f"<dl>{''.join(_tile(*tile) for tile in tiles)}</dl>"


def _tile(name: str, number: str) -> str:
    return f"<div><dt>{text(name)}</dt><dd>{text(number)}</dd></div>"


def _section(figures: Figures, table: Table, chart: str) -> str:
    name = f"{figures.scope.desk}-{table.key}"
    drawn = f'<div class="wide">{chart}</div>\n' if chart else ""
    return (
        f'<section aria-labelledby="{text(name)}">\n'
        f'<h2 id="{text(name)}">{text(table.title)}</h2>\n{drawn}'
        f'<div class="wide">{_table(shortened(table, _MOST_ROWS))}</div>\n</section>'
    )


def _table(table: Table) -> str:
    heads = "".join(
        f'<th scope="col"{_class(column.kind)}>{text(column.title)}</th>'
        for column in table.columns
    )
    body = "\n".join(f"<tr>{''.join(_cells(table, row))}</tr>" for row in table.rows)
    caption = f"<caption>{text(table.note)}</caption>"
    return f"<table>{caption}<thead><tr>{heads}</tr></thead><tbody>\n{body}\n</tbody></table>"


def _cells(table: Table, row: Iterable[str | int | float | None]) -> Iterator[str]:
    for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
        said = text(written(cell, column.kind))
        if place == 0:
            yield f'<th scope="row"><bdi>{said}</bdi></th>'
        elif column.kind is Kind.TEXT:
            yield f'<td class="text"><bdi>{said}</bdi></td>'
        else:
            yield f"<td>{said}</td>"


def _class(kind: Kind) -> str:
    return ' class="text"' if kind is Kind.TEXT else ""


def _charts(figures: Figures) -> dict[str, str]:
    """Draw a chart for those tables that one says more than, by the tables' keys."""
    name = figures.scope.desk
    found: dict[str, str] = {}
    course = figures.course
    if len(course) > 1:
        series = (
            ("Created", [piece.created for piece in course]),
            ("Resolved", [piece.resolved for piece in course]),
        )
        form = "%m-%d" if course[0].day.year == course[-1].day.year else "%Y-%m-%d"
        labels = [piece.day.strftime(form) for piece in course]
        found["course"] = columns(f"{name}-course-chart", "Created and resolved", labels, series)
    kept = [
        Bar(one.target, one.share, share(one.share))
        for one in figures.targets
        if one.share is not None and one.type is None
    ]
    stays = [Bar(one.status, one.average, length(one.average)) for one in figures.statuses]
    left = [Bar(age(one), one.total, f"{one.total:,}") for one in figures.backlog]
    stars = [
        Bar(f"{given} of 5", times, f"{times:,}")
        for given, times in sorted(figures.ratings.by_stars.items(), reverse=True)
    ]
    for key, title, rows, whole in (
        ("targets", "Share of cases that met each target", kept, 1),
        ("statuses", "Time in each status on average", stays, 0),
        ("backlog", "Open cases by age", left, 0),
        ("ratings", "Ratings by stars", stars, 0),
    ):
        if rows:
            found[key] = bars(f"{name}-{key}-chart", title, rows, whole)
    return found
