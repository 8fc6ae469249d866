"""Asking for very many things at once."""

from collections.abc import Collection, Iterator
from typing import TypeVar

_T = TypeVar("_T")

_AT_ONCE = 10_000


def portions(wanted: Collection[_T]) -> Iterator[list[_T]]:
    """Give as many at once as either database takes as parameters of one statement.

    Nothing comes of nothing: what is not asked is no statement.
    """
    listed = list(wanted)
    for start in range(0, len(listed), _AT_ONCE):
        yield listed[start : start + _AT_ONCE]
