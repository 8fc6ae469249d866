"""A text as lines whose places in it are known."""

import re
from dataclasses import dataclass

# Nobody writes one of the lines that are looked for with more characters.
_LONGEST = 1000
# Nobody reads so many lines; what is below them counts as one.
_MOST_LINES = 100_000

# Windows Mail puts them around every piece of a date.
_DIRECTIONS = str.maketrans("", "", "\u200e\u200f\u202a\u202c")
_BLANK = " \t\r\f\v\u00a0\u200b\u200c\u200e\u200f\u2060\ufeff"
# Quotation marks of a line, and the lone bracket that closes a wrapped `<address`.
_QUOTED = re.compile(r"[ \t]{0,3}>")
_CLOSING_BRACKET = re.compile(r"\s*>\s?:\s*$")
_WROTE_ALONE = re.compile(
    r"\s*> ?(?:wrote|schrieb|schreef|kirjoitti|a écrit|skrev|escribió|ha scritto|escreveu) ?:\s*$"
)
_GROUPWISE = re.compile(r">>> [^>].{2,250}>>>\s*$")
_PREFIX = re.compile(r"(?:[ \t]{0,3}>){1,60}")


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a text.

    Line `n` begins at `starts[n]`; `starts` has one more element, the length of the text. `words`
    are the lines as far as they can matter, without quotation marks and white space around them.
    """

    starts: tuple[int, ...]
    raw: tuple[str, ...]
    words: tuple[str, ...]
    quoted: tuple[bool, ...]

    def __len__(self) -> int:
        """Count the lines."""
        return len(self.raw)

    def next_words(self, number: int) -> int:
        """Give the first line from `number` on that is not blank, or the number of lines."""
        while number < len(self.raw) and not self.words[number]:
            number += 1
        return number


def split(text: str) -> Lines:
    """Cut a text at its line feeds."""
    raw = text.split("\n", _MOST_LINES)
    starts: list[int] = []
    words: list[str] = []
    quoted: list[bool] = []
    position = 0
    for line in raw:
        starts.append(position)
        position += len(line) + 1
        if not line:
            words.append("")
            quoted.append(False)
            continue
        short = line[:_LONGEST]
        is_quoted = ">" in short[:4] and _is_quoted(short)
        if is_quoted:
            prefix = _PREFIX.match(short)
            short = short[prefix.end() :] if prefix else short
        if not short.isascii():
            short = short.translate(_DIRECTIONS)
        words.append(short.strip(_BLANK))
        quoted.append(is_quoted)
    starts.append(len(text))
    return Lines(tuple(starts), tuple(raw), tuple(words), tuple(quoted))


def _is_quoted(line: str) -> bool:
    if any(form.match(line) for form in (_CLOSING_BRACKET, _WROTE_ALONE, _GROUPWISE)):
        return False
    return _QUOTED.match(line) is not None
