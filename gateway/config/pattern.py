"""What a regular expression needs in a text, and how much work it is, read from itself.

RE2 takes long to get ready, compared with looking for a word. So whoever asks many patterns about
one text asks first whether it has what each of them needs.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

_MOST_CHOICES = 16
_EMPTY = frozenset({""})

_Texts = frozenset[str]


@dataclass(frozen=True, slots=True)
class _Piece:
    """What a part of a pattern matches: exactly one of these texts, or what has one of `needs`.

    `exact` is None where it matches more than can be listed, `needs` where nothing is needed.
    `size` is how many letters it has when what is repeated is written out.
    """

    exact: _Texts | None
    needs: _Texts | None = None
    size: int = 0

    def demand(self) -> _Texts | None:
        """Give texts of which a match has at least one; None if nothing can be said."""
        if self.exact is None:
            return self.needs
        return None if "" in self.exact else self.exact


@dataclass(frozen=True, slots=True)
class Read:
    """A pattern as read: case-folded texts of which any match has at least one, and its size.

    `needs` is None where that cannot be told. `size` is how many letters the pattern has when what
    is repeated is written out.
    """

    needs: frozenset[str] | None
    size: int


_TOKEN = re.compile(
    r"(?P<flags>\(\?[a-zA-Z-]*\))"
    r"|(?P<open>\((?:\?(?:P?<[^>]*>|[a-zA-Z-]*:))?)"
    r"|(?P<close>\))"
    r"|(?P<bar>\|)"
    r"|(?P<nowhere>\^|\$|\\[bBAz])"
    r"|(?P<many>(?:[*+?]|\{\d+(?:,\d*)?\})\??)"
    r"|(?P<quoted>\\Q.*?(?:\\E|$))"
    r"|(?P<any>\[\^?\]?(?:\[:\^?[a-z]+:\]|\\.|[^\]\\])*\]|\.|\\[dDsSwWCtnrafv]|\\[pP](?:\{[^}]*\}|.)"
    r"|\\x(?:\{[^}]*\}|..)|\\[0-7]{1,3})"
    r"|(?P<escaped>\\[\W_])"
    r"|(?P<letter>[^\\])",
    re.DOTALL,
)
_COUNT = re.compile(r"\d+")
_NOT_NEEDED = ("*", "?", "{0")


@lru_cache(maxsize=4096)
def read(pattern: str) -> Read | None:
    """Read a pattern that RE2 takes; None if it is nested too deeply."""
    try:
        piece = _Reader(pattern).alternatives()
    except (_NotUnderstoodError, RecursionError):
        return None
    return Read(piece.demand(), piece.size)


class _NotUnderstoodError(Exception):
    """The pattern has something that this does not read."""


class _Reader:
    """Reads a pattern from left to right: `kind` and `text` are what comes next, "" at its end."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._go_on()

    def alternatives(self) -> _Piece:
        """Read what one bracket can hold."""
        branches = [self._sequence()]
        while self._kind == "bar":
            self._go_on()
            branches.append(self._sequence())
        return _one_of(branches)

    def _sequence(self) -> _Piece:
        pieces = []
        while self._kind not in ("bar", "close", ""):
            pieces.append(self._repeated())
        return _joined(pieces)

    def _repeated(self) -> _Piece:
        piece = self._single()
        while self._kind == "many":
            demand = None if self._text.startswith(_NOT_NEEDED) else piece.demand()
            times = max(map(int, _COUNT.findall(self._text)), default=1)
            piece = _Piece(None, demand, piece.size * max(times, 1))
            self._go_on()
        return piece

    def _single(self) -> _Piece:
        kind, text = self._kind, self._text
        self._go_on()
        match kind:
            case "open":
                inner = self.alternatives()
                if self._kind != "close":
                    raise _NotUnderstoodError
                self._go_on()
                return inner
            case "flags" | "nowhere":
                return _Piece(_EMPTY)
            case "any" | "quoted":
                return _Piece(None, size=1 if kind == "any" else len(text))
            case "escaped" | "letter":
                return _Piece(frozenset({text[-1].casefold()}), size=1)
            case _:
                raise _NotUnderstoodError

    def _go_on(self) -> None:
        self._kind = self._text = ""
        if self._at < len(self._pattern):
            token = _TOKEN.match(self._pattern, self._at)
            if token is None:
                raise _NotUnderstoodError
            self._kind, self._text, self._at = token.lastgroup or "", token.group(), token.end()


def _one_of(branches: list[_Piece]) -> _Piece:
    size = sum(branch.size for branch in branches)
    listed = [branch.exact for branch in branches if branch.exact is not None]
    exact = frozenset[str]().union(*listed)
    if len(listed) == len(branches) and len(exact) <= _MOST_CHOICES:
        return _Piece(exact, size=size)
    demands = [demand for branch in branches if (demand := branch.demand()) is not None]
    all_demand = len(demands) == len(branches)
    return _Piece(None, frozenset[str]().union(*demands) if all_demand else None, size)


def _joined(pieces: list[_Piece]) -> _Piece:
    """Give what pieces one after the other match: of what they need, what is hardest to find."""
    size = sum(piece.size for piece in pieces)
    row = _EMPTY
    found: list[_Texts] = []
    for piece in pieces:
        if piece.exact is not None and len(row) * len(piece.exact) <= _MOST_CHOICES:
            row = frozenset(one + other for one in row for other in piece.exact)
        else:
            found += [row, piece.needs or _EMPTY]
            row = piece.exact or _EMPTY
    if not found:
        return _Piece(row, size=size)
    hardest = max((*found, row), key=_shortest)
    return _Piece(None, hardest if _shortest(hardest) else None, size)


def _shortest(texts: _Texts) -> int:
    return min(map(len, texts))
