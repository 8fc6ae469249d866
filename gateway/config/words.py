"""Whether a text mentions a word: letter case and accents make no difference.

All of it is linear in the text, which may be anybody's.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_SOUGHT = re.compile(r"[^\W_]+\*?")
# What letters without a decomposition are written as without accents.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "\N{LATIN SMALL LETTER DOTLESS I}": "i"}
    | {"æ": "ae", "œ": "oe"}
)
# A single character can decompose into eighteen.
_MOST_FOLDED = 65_536


def fold(text: str) -> str:
    """Give a text in small letters without accents, compatibility forms as plain ones."""
    if text.isascii():
        return text.lower()
    # Combining marks go first: putting a long row of them in order is not linear.
    plain = unicodedata.normalize("NFKD", _without_marks(text))[:_MOST_FOLDED]
    return _without_marks(plain).casefold().translate(_PLAIN)


@dataclass(frozen=True, slots=True)
class Said:
    """The folded words of a text: in order, with a blank before and after each, and as a set."""

    row: str
    words: frozenset[str]


@lru_cache(maxsize=8)
def said(text: str) -> Said:
    """Give the words of a text."""
    found = _WORD.findall(fold(text))
    return Said(f" {' '.join(found)} ", frozenset(found))


def mentions(text: str, sought: Sequence[str]) -> bool:
    """Say whether a text has one of these words or phrases; `*` at a word's end ends it freely."""
    has, wanted = said(text), _sought(tuple(sought))
    if not has.words.isdisjoint(wanted.words):
        return True
    row = has.row
    for part in wanted.parts:
        if part in row:
            return True
    return any(pattern.search(row) for pattern in wanted.patterns)


def is_sought(written: str) -> bool:
    """Say whether something can be mentioned at all: it has a letter or a digit."""
    return bool(_WORD.search(fold(written)))


@dataclass(frozen=True, slots=True)
class _Sought:
    """Folded words, parts of a row of words, and patterns over it."""

    words: frozenset[str]
    parts: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]


@lru_cache(maxsize=4096)
def _sought(written: tuple[str, ...]) -> _Sought:
    words: set[str] = set()
    parts: list[str] = []
    patterns: list[re.Pattern[str]] = []
    for one in written:
        pieces: list[str] = _SOUGHT.findall(fold(one))
        if not pieces:
            continue
        *first, last = pieces
        if any(piece.endswith("*") for piece in first):
            free = [re.escape(p.removesuffix("*")) + r"\S*" * p.endswith("*") for p in pieces]
            patterns.append(re.compile(f" {' '.join(free)} "))
        elif last.endswith("*"):
            parts.append(" ".join(["", *first, last.removesuffix("*")]))
        elif first:
            parts.append(f" {' '.join(pieces)} ")
        else:
            words.add(last)
    return _Sought(frozenset(words), tuple(parts), tuple(patterns))


def _without_marks(text: str) -> str:
    return "".join(letter for letter in text if not unicodedata.combining(letter))
