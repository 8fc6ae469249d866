"""Charts as SVG, drawn here: no script is needed, and each says in words what it shows.

They have no texts but those for screen readers and pointers, so that they may be stretched to any
width; what is written beside them is the page's. Colours are classes of its style.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

_STEP, _BAR, _HEIGHT = 10, 8, 100
_SHORTEST_FEW = 4


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it is of, and the parts that lie on each other, each with its class."""

    label: str
    parts: tuple[tuple[str, int], ...]

    @property
    def count(self) -> int:
        """Give how high it is."""
        return sum(count for _, count in self.parts)


def top_of(columns: Sequence[Column]) -> int:
    """Give the height of a chart: a whole number that is read easily."""
    most = max((column.count for column in columns), default=0)
    unit = 1
    while True:
        for lead in (1, 2, 5):
            if most <= lead * unit * _SHORTEST_FEW:
                return lead * unit * _SHORTEST_FEW
        unit *= 10


def columns(name: str, title: str, said: str, drawn: Sequence[Column]) -> Markup:
    """Draw columns side by side; `name` is no other chart's on the page, `said` sums it up."""
    top = top_of(drawn)
    width = len(drawn) * _STEP
    lines = Markup("").join(
        Markup('<line x1="0" x2="{}" y1="{}" y2="{}"/>').format(width, y, y)
        for y in (0, 25, 50, 75, 100)
    )
    body = Markup("").join(_column(place, one, top) for place, one in enumerate(drawn))
    return Markup(
        '<svg class="chart" role="img" preserveAspectRatio="none" viewBox="0 0 {width} {height}" '
        'aria-labelledby="{name}-title" aria-describedby="{name}-said">'
        '<title id="{name}-title">{title}</title><desc id="{name}-said">{said}</desc>'
        '<g class="lines">{lines}</g>{body}</svg>'
    ).format(width=width, height=_HEIGHT, name=name, title=title, said=said, lines=lines, body=body)


def _column(place: int, column: Column, top: int) -> Markup:
    left, floor = place * _STEP + (_STEP - _BAR) / 2, float(_HEIGHT)
    drawn = []
    for kind, count in column.parts:
        tall = _HEIGHT * count / top
        if not count:
            continue
        floor -= tall
        drawn.append(
            Markup('<rect class="{}" x="{:g}" y="{:.2f}" width="{}" height="{:.2f}"/>').format(
                kind, left, floor, _BAR, tall
            )
        )
    words = ", ".join(f"{count} {kind}" for kind, count in column.parts if count) or "none"
    # The whole height answers to a pointer, however low the column is.
    return Markup(
        '<g><title>{}: {}</title><rect class="whole" x="{}" y="0" width="{}" height="{}"/>{}</g>'
    ).format(column.label, words, place * _STEP, _STEP, _HEIGHT, Markup("").join(drawn))


def bar(parts: Sequence[tuple[str, int]], whole: int) -> Markup:
    """Draw one bar that lies, beside a cell that says its figures; `whole` is the longest."""
    left, drawn = 0.0, []
    for kind, count in parts:
        wide = 100 * count / whole if whole else 0
        if wide:
            drawn.append(
                Markup('<rect class="{}" x="{:.2f}" y="0" width="{:.2f}" height="10"/>').format(
                    kind, left, wide
                )
            )
        left += wide
    return Markup(
        '<svg class="bar-of" preserveAspectRatio="none" viewBox="0 0 100 10" aria-hidden="true">'
        "{}</svg>"
    ).format(Markup("").join(drawn))
