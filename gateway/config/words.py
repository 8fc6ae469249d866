"""Whether a text mentions a word: letter case and accents make no difference.

All of it is linear in the text, which may be anybody's.
"""

import re
import unicodedata
from collections.abc import Sequence
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


@lru_cache(maxsize=8)
def words(text: str) -> str:
    """Give the folded words of a text, a blank before and after each."""
    return f" {' '.join(_WORD.findall(fold(text)))} "


def mentions(text: str, sought: Sequence[str]) -> bool:
    """Say whether a text has one of these words or phrases; `*` at a word's end ends it freely."""
    said = words(text)
    plain, patterns = _sought(tuple(sought))
    return any(one in said for one in plain) or any(one.search(said) for one in patterns)


def is_sought(written: str) -> bool:
    """Say whether something can be mentioned at all: it has a letter or a digit."""
    return bool(_WORD.search(fold(written)))


@lru_cache(maxsize=2048)
def _sought(written: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[re.Pattern[str], ...]]:
    """Give what stands in the folded words as it is, and patterns for what does not."""
    plain: list[str] = []
    patterns: list[re.Pattern[str]] = []
    for one in written:
        pieces: list[str] = _SOUGHT.findall(fold(one))
        *first, last = pieces or [""]
        if any(piece.endswith("*") for piece in first):
            free = [re.escape(p.removesuffix("*")) + r"\S*" * p.endswith("*") for p in pieces]
            patterns.append(re.compile(f" {' '.join(free)} "))
        elif last:
            whole = " ".join(["", *pieces])
            plain.append(whole.removesuffix("*") if last.endswith("*") else f"{whole} ")
    return tuple(plain), tuple(patterns)


def _without_marks(text: str) -> str:
    return "".join(letter for letter in text if not unicodedata.combining(letter))
