"""Which of two versions of a product is older."""

import re
from itertools import zip_longest

_PIECE = re.compile(r"[0-9]{1,18}|[a-z]+")
_LONGEST = 100

_Piece = tuple[int, int, str]


def older(one: str, other: str) -> bool:
    """Say whether version `one` is older than `other`; False where either is not known.

    Numbers count as numbers, so 9.2 is older than 10; a letter counts more than nothing, unless it
    begins a word that marks what comes before the release, such as beta or rc: 5.0b is newer than
    5.0, and 5.0-rc1 is older.
    """
    mine, theirs = _pieces(one), _pieces(other)
    if not mine or not theirs:
        return False
    return list(_padded(mine, theirs)) < list(_padded(theirs, mine))


_BEFORE_RELEASE = ("dev", "alpha", "beta", "pre", "preview", "rc")
_NOTHING: _Piece = (1, 0, "")


def _pieces(version: str) -> list[_Piece]:
    """Give a version's numbers and words, so that they compare as versions do."""
    found = _PIECE.findall(version[:_LONGEST].lower())
    # "v5" is 5, and "version 5" too.
    while found and not found[0].isdigit():
        del found[0]
    return [_piece(piece) for piece in found]


def _piece(piece: str) -> _Piece:
    if piece.isdigit():
        number = int(piece)
        return (2, number, "") if number else _NOTHING
    if piece in _BEFORE_RELEASE:
        return (0, _BEFORE_RELEASE.index(piece), "")
    return (1, 1, piece)


def _padded(pieces: list[_Piece], other: list[_Piece]) -> list[_Piece]:
    """Give pieces, with nothings up to the other's length: 5 is 5.0."""
    return [mine for mine, _ in zip_longest(pieces, other, fillvalue=_NOTHING)]
