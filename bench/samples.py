"""Figures of rounds: what was measured in each, medians, and ratios within a round.

Rounds are interleaved: what is compared is measured turn by turn. So a ratio is taken within each
round, and the median is of the ratios: what else the machine does is in both.
"""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Plain = dict[str, object]


@dataclass(frozen=True, slots=True)
class Samples:
    """One figure a round under each name; a name such as `accept.small` says where it stands."""

    rounds: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, figure: float) -> None:
        """Enter the figure of the next round."""
        self.rounds.setdefault(name, []).append(figure)

    def ratio(self, name: str, to: str) -> float | None:
        """Give the median of the ratios within the rounds; None where one was not measured."""
        pairs = list(zip(self.rounds.get(name, ()), self.rounds.get(to, ()), strict=False))
        return statistics.median(one / other for one, other in pairs) if pairs else None

    def median(self, name: str) -> float | None:
        """Give the median over the rounds; None where it was not measured."""
        return statistics.median(self.rounds[name]) if name in self.rounds else None

    def nested(self) -> Plain:
        """Give all medians, rounded to four digits, `accept.small` as `accept` with `small`."""
        nested: Plain = {}
        for name, figures in self.rounds.items():
            place = nested
            *outer, last = name.split(".")
            for part in outer:
                place = _within(place, part)
            place[last] = rounded(statistics.median(figures))
        return nested


def _within(place: Plain, part: str) -> Plain:
    inner = place.setdefault(part, {})
    if not isinstance(inner, dict):
        raise TypeError(f"{part} is a figure and has none within")
    return inner


def rounded(figure: float) -> float:
    """Give four significant digits: no figure here is better than that."""
    return float(f"{figure:.4g}")


def of_plain(rounds: Mapping[str, Iterable[float]]) -> Samples:
    """Read what `Samples.rounds` was written as."""
    return Samples({name: list(figures) for name, figures in rounds.items()})


def plain(rounds: Mapping[str, Sequence[float]]) -> Plain:
    """Give the figures of each round for JSON."""
    return {name: [rounded(figure) for figure in figures] for name, figures in rounds.items()}
