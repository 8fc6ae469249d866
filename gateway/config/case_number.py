"""Case numbers: made from a desk's pattern, and found again in what people write.

A case number carries a check digit by Damm's algorithm (H. M. Damm, 2004), which catches every
single wrong digit and every swap of two neighbours, so that a mistyped number does not name
somebody else's case. It is no secret: nobody gets in by a number alone.
"""

import re
from dataclasses import dataclass

MAX_FOUND = 20

_MOST_DIGITS = 18
_PLACE = re.compile(r"\{([^{}]*)\}")
_RUNNING = re.compile(r"n(?::0([1-9][0-9]?))?")
_LITERAL = re.compile(r"[A-Z0-9 ._/#-]*")

# A totally anti-symmetric quasigroup of order 10: row, interim digit; column, next digit.
_QUASIGROUP = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


def check_digit(digits: str) -> str:
    """Give the Damm check digit of a string of ASCII digits; leading zeros do not change it."""
    interim = 0
    for digit in digits:
        interim = _QUASIGROUP[interim][int(digit)]
    return str(interim)


@dataclass(frozen=True, slots=True)
class CaseNumberPattern:
    """How a desk writes its case numbers, such as `AC-{n:05}{check}`.

    `pieces` are the literal texts before, between and after the two places; `width` is the least
    number of digits of the running number, `check_first` whether `{check}` stands before `{n}`.
    """

    text: str
    pieces: tuple[str, str, str]
    width: int
    check_first: bool
    _finder: re.Pattern[str]

    @classmethod
    def parse(cls, text: str) -> "CaseNumberPattern":
        """Read a pattern; ValueError, with a sentence for its author, if it is none."""
        places = [match.group(1) for match in _PLACE.finditer(text)]
        pieces = tuple(piece.upper() for piece in _PLACE.split(text)[::2])
        running = [match for place in places if (match := _RUNNING.fullmatch(place))]
        if len(running) != 1:
            raise ValueError("a case number pattern has exactly one {n}, or {n:05} for five digits")
        if places.count("check") != 1:
            raise ValueError("a case number pattern has exactly one {check}")
        if not all(place == "check" or _RUNNING.fullmatch(place) for place in places):
            raise ValueError("a case number pattern has no places but {n} and {check}")
        _check_literals(pieces)
        width = int(running[0].group(1) or "1")
        if width > _MOST_DIGITS:
            raise ValueError(f"a case number has at most {_MOST_DIGITS} digits")
        check_first = places[0] == "check"
        first, second, third = pieces
        finder = _finder((first, second, third), width, check_first=check_first)
        return cls(text, (first, second, third), width, check_first, finder)

    def format(self, number: int) -> str:
        """Write the case number of a running number; it grows beyond its width when it has to.

        Raises ValueError for a number below 0 or over 18 digits, which `find` would not find.
        """
        if not 0 <= number < 10**_MOST_DIGITS:
            raise ValueError(f"a running number has 1 to {_MOST_DIGITS} digits")
        digits = f"{number:0{self.width}d}"
        check = check_digit(digits)
        inner = (check, digits) if self.check_first else (digits, check)
        first, second, third = self.pieces
        return f"{first}{inner[0]}{second}{inner[1]}{third}"

    def find(self, text: str) -> tuple[str, ...]:
        """Give every case number of this pattern in a text, once each, as `format` writes it.

        Brackets and letter case do not matter; the check digit has to be right, and the number
        may not be part of a longer word. Leading zeros have to be as `format` writes them.
        Linear in the length of the text; at most MAX_FOUND.
        """
        found: dict[str, None] = {}
        for match in self._finder.finditer(text):
            canonical = self.format(int(match["n"]))
            if canonical == match.group().upper():
                found[canonical] = None
                if len(found) >= MAX_FOUND:
                    break
        return tuple(found)


def _check_literals(pieces: tuple[str, ...]) -> None:
    """Raise ValueError unless numbers can be told from these texts, and found in a subject."""
    if not all(_LITERAL.fullmatch(piece) for piece in pieces):
        raise ValueError("a case number is made of letters A to Z, digits, blanks and . _ / # -")
    if not pieces[0][:1].isalpha():
        raise ValueError("a case number pattern begins with a letter")
    if pieces[0][-1:].isdigit() or pieces[1][:1].isdigit() or pieces[1][-1:].isdigit():
        raise ValueError("the literal text next to {n} or {check} may not be a digit")
    if pieces[2] and not pieces[2][-1].isalnum():
        raise ValueError("a case number pattern ends with a letter, {n} or {check}")
    if pieces[2][:1].isdigit():
        raise ValueError("the literal text next to {n} or {check} may not be a digit")


def _finder(pieces: tuple[str, str, str], width: int, *, check_first: bool) -> re.Pattern[str]:
    """Compile what finds candidates; ASCII digits only, any letter case."""
    running = f"(?P<n>[0-9]{{{width},{_MOST_DIGITS}}})"
    inner = ("[0-9]", running) if check_first else (running, "[0-9]")
    first, second, third = (re.escape(piece) for piece in pieces)
    pattern = f"(?<![\\w-]){first}{inner[0]}{second}{inner[1]}{third}(?!\\w)"
    return re.compile(pattern, re.IGNORECASE)
