"""What a report comes to, in a few lines of plain text."""

from collections.abc import Iterator

from gateway.report.figures import Figures, Reached
from gateway.report.written import length, share

_WIDTH = 28


def summary(figures: Figures) -> str:
    """Give the text that stands in the mail which brings the report."""
    return "\n".join(_lines(figures))


def _lines(figures: Figures) -> Iterator[str]:
    flow, ratings = figures.flow, figures.ratings
    yield _line("Open at the start", f"{flow.open_at_start:,}")
    yield _line("Created", f"{flow.created:,}")
    yield _line("Reopened", f"{flow.reopened:,}")
    yield _line("Resolved", f"{flow.resolved:,}")
    yield _line("Open at the end", f"{flow.open_at_end:,}")
    for one in figures.targets:
        if one.type is None and (one.in_time or one.missed or one.reached):
            yield _line(f"Target {one.target}", _kept(one))
    if figures.spent:
        charged = sum(one.seconds for one in figures.spent if one.chargeable)
        total = sum(one.seconds for one in figures.spent)
        yield _line("Time spent", f"{length(total)}, {length(charged)} of it chargeable")
    if ratings.average is not None:
        yield _line("Ratings", f"{ratings.average:.2f} of 5 stars, from {ratings.count:,}")


def _kept(one: Reached) -> str:
    said = []
    if one.share is not None:
        said.append(f"{share(one.share)} in time, {one.missed:,} missed")
    if one.median is not None:
        said.append(f"median {length(one.median)}")
    return ", ".join(said)


def _line(name: str, value: str) -> str:
    return f"{name + ':':{_WIDTH}}{value}"
