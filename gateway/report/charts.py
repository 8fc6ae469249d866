"""Charts as inline SVG, made here: no script draws them, and each says in words what it shows.

Colours are classes of the page's style. Every text is escaped.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.report.hypertext import text

_WIDTH = 720
_ROW = 28
_LABELS = 200
_VALUES = 110
_LONGEST_LABEL = 26
_HEIGHT = 220
_TOP, _BOTTOM, _LEFT = 12, 28, 44
_LINES = 4
# The most words below a course, so that none lies on another.
_MOST_WORDS = 9


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it is of, how long, and its length as it is written."""

    label: str
    value: float
    written: str


def bars(name: str, title: str, rows: Sequence[Bar], whole: float = 0) -> str:
    """Draw bars that lie below each other; `whole` is the longest that one could be.

    `name` is no other chart's on the page.
    """
    most = max((whole, *(row.value for row in rows))) or 1
    room = _WIDTH - _LABELS - _VALUES
    drawn = []
    for place, row in enumerate(rows):
        top, width = place * _ROW, room * row.value / most
        drawn.append(
            f'<text x="{_LABELS - 8}" y="{top + 19}" class="label" text-anchor="end">'
            f"{text(_short(row.label))}</text>"
            f'<rect x="{_LABELS}" y="{top + 4}" width="{width:.1f}" height="{_ROW - 8}" '
            'class="first"/>'
            f'<text x="{_LABELS + width + 6:.1f}" y="{top + 19}">{text(row.written)}</text>'
        )
    said = "; ".join(f"{row.label}: {row.written}" for row in rows)
    return _svg(name, title, said, len(rows) * _ROW, drawn)


def columns(
    name: str, title: str, labels: Sequence[str], series: Sequence[tuple[str, Sequence[int]]]
) -> str:
    """Draw one or two series of counts side by side, each with its name."""
    most = _round(max((value for _, values in series for value in values), default=0))
    height = _HEIGHT - _TOP - _BOTTOM
    step = (_WIDTH - _LEFT) / max(len(labels), 1)
    drawn = [_line(most * part / _LINES, most, height) for part in range(_LINES + 1)]
    width = step * 0.8 / max(len(series), 1)
    for nth, ((_, values), kind) in enumerate(zip(series, ("first", "second"), strict=False)):
        for place, value in enumerate(values):
            tall = height * value / most
            left = _LEFT + step * (place + 0.1) + nth * width
            drawn.append(
                f'<rect x="{left:.1f}" y="{_TOP + height - tall:.1f}" width="{width:.1f}" '
                f'height="{tall:.1f}" class="{kind}"/>'
            )
    each = -(-len(labels) // _MOST_WORDS)
    drawn += [
        f'<text x="{_LEFT + step * (place + 0.5):.1f}" y="{_HEIGHT - 8}" text-anchor="middle">'
        f"{text(label)}</text>"
        for place, label in enumerate(labels)
        if place % each == 0
    ]
    said = "; ".join(f"{what}: {sum(values):,} in all" for what, values in series)
    key = "".join(
        f'<span class="key"><i class="{kind}"></i>{text(what)}</span>'
        for (what, _), kind in zip(series, ("first", "second"), strict=False)
    )
    chart = _svg(name, title, f"{said}. The table below says them all.", _HEIGHT, drawn)
    return f'<p class="keys" aria-hidden="true">{key}</p>{chart}'


def _line(value: float, most: int, height: int) -> str:
    y = _TOP + height * (1 - value / most)
    return (
        f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}" class="line"/>'
        f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:,.0f}</text>'
    )


def _round(most: int) -> int:
    """Give the height of a chart: lines at whole numbers that are read easily."""
    unit = 1
    while True:
        for lead in (1, 2, 5):
            if most <= lead * unit * _LINES:
                return lead * unit * _LINES
        unit *= 10


def _svg(name: str, title: str, said: str, height: int, drawn: Sequence[str]) -> str:
    return (
        f'<svg role="img" viewBox="0 0 {_WIDTH} {height}" '
        f'aria-labelledby="{text(name)}-title {text(name)}-said">'
        f'<title id="{text(name)}-title">{text(title)}</title>'
        f'<desc id="{text(name)}-said">{text(said)}</desc>{"".join(drawn)}</svg>'
    )


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else f"{label[: _LONGEST_LABEL - 1]}…"
