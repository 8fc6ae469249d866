"""What differs between two texts, line by line."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_AROUND = 3
# Longer ones would take long to compare.
_MOST_LINES = 1500


class Mark(StrEnum):
    """What became of a line; a gap stands for lines that are left out since they are the same."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of two texts that are compared; `number` is that in the text that it is in last."""

    mark: Mark
    text: str = ""
    number: int = 0


def difference(before: str, after: str) -> tuple[Line, ...] | None:
    """Compare two texts: () if they are the same, None if they are too long to be compared."""
    old, new = before.split("\n"), after.split("\n")
    if old == new:
        return ()
    if max(len(old), len(new)) > _MOST_LINES:
        return None
    return tuple(_lines(old, new))


def _lines(old: list[str], new: list[str]) -> Iterator[Line]:
    groups = SequenceMatcher(None, old, new).get_grouped_opcodes(_AROUND)
    for place, group in enumerate(groups):
        if place:
            yield Line(Mark.GAP)
        for what, old_from, old_to, new_from, new_to in group:
            if what == "equal":
                for at in range(new_from, new_to):
                    yield Line(Mark.SAME, new[at], at + 1)
                continue
            for at in range(old_from, old_to):
                yield Line(Mark.REMOVED, old[at], at + 1)
            for at in range(new_from, new_to):
                yield Line(Mark.ADDED, new[at], at + 1)
