"""Where a text says who wrote what it quotes."""

from collections.abc import Container
from dataclasses import dataclass

from gateway.mail.reply import attribution_line
from gateway.mail.reply.lines import Lines

# Lines that end like an attribution are rare; an attack is made of them.
_MOST_CANDIDATES = 400
_MOST_LINES = 5


@dataclass(frozen=True, slots=True)
class Attribution:
    """The lines `first` to `last` introduce a quotation.

    Text of line `first` up to the character `column` is not part of it. `certain` says that it
    is one whether or not the lines below it bear quotation marks.
    """

    first: int
    last: int
    column: int
    certain: bool


def attributions(lines: Lines, ours: Container[int]) -> dict[int, Attribution]:
    """Find the unquoted lines that introduce quotations, by their first line.

    The lines `ours` are quoted, too, with or without marks.
    """
    found: dict[int, Attribution] = {}
    taken = -1
    candidates = 0
    for number, words in enumerate(lines.words):
        if not words or lines.quoted[number] or not attribution_line.may_end(words):
            continue
        candidates += 1
        if candidates > _MOST_CANDIDATES:
            break
        below = lines.next_words(number + 1)
        is_followed = below < len(lines) and (lines.quoted[below] or below in ours)
        one = _certain(lines, number, taken)
        if one is None and is_followed and below <= number + 3:
            one = _likely(lines, number, taken)
        if one is not None:
            found[one.first] = one
            taken = one.last
    return found


def _certain(lines: Lines, last: int, taken: int) -> Attribution | None:
    """Find how many lines above `last` belong to an attribution that ends there."""
    joined = ""
    shortest: Attribution | None = None
    for first in range(last, max(last - _MOST_LINES, taken, -1), -1):
        words = lines.words[first]
        if not words and joined.startswith("<"):
            continue
        if not words or lines.quoted[first] or len(joined) + len(words) > attribution_line.LONGEST:
            break
        joined = f"{words} {joined}" if joined else words
        if attribution_line.is_certain(joined):
            if attribution_line.begins(joined):
                return Attribution(first, last, 0, certain=True)
            inside = attribution_line.begin_inside(joined, len(words))
            if inside:
                column = lines.raw[first].find(words) + inside
                return Attribution(first, last, column, certain=True)
            shortest = shortest or Attribution(first, last, 0, certain=True)
    if shortest is None and _stands_alone(lines, last):
        alone = attribution_line.is_certain_alone(lines.words[last])
        return Attribution(last, last, 0, certain=True) if alone else None
    return shortest


def _stands_alone(lines: Lines, number: int) -> bool:
    """Say whether a line is a paragraph of its own."""
    is_first = number == 0 or not lines.words[number - 1]
    return is_first and (number + 1 == len(lines) or not lines.words[number + 1])


def _likely(lines: Lines, last: int, taken: int) -> Attribution | None:
    """Take a line for an attribution because a quotation follows it."""
    words = lines.words[last]
    if not attribution_line.is_likely(words):
        return None
    first = last
    if (words[0] == "<" or " " not in words) and last - 1 > taken:
        above = lines.words[last - 1]
        first = last - 1 if above and not lines.quoted[last - 1] else last
    return Attribution(first, last, 0, certain=False)
