"""The header of another mail as a mail program wrote it into a text: `From: ...`, `Sent: ...`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.config.address import canonical
from gateway.mail import client_words
from gateway.mail.client_words import Word
from gateway.mail.format import fields
from gateway.mail.model import Mailbox

_MOST_LINES = 80
_MOST_BLANK = 3
# From this length on a line may have been wrapped by the program that sent it.
_WRAPPED = 60
_LONGEST_FIELD = 2000

_QUOTED = re.compile(r"[ \t]{0,3}((?:>[ \t]?){1,50})")
_BETWEEN = re.compile(r"[\s<>\"(),:;\[\]|*]+")
_NAME_END = re.compile(r"[<\[(]")
_AROUND_NAME = " \t*_\"'\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb"


@dataclass(frozen=True, slots=True)
class QuotedHeader:
    """The fields as written, "" where absent, and the index of the first line after them.

    `level` says how often its lines are quoted; `foreign` that one of their names at least is not
    English; `complete` that it is more than a stray line or two.
    """

    sender: str
    date: str
    subject: str
    reply_to: str
    foreign: bool
    end: int
    level: int
    complete: bool


def unquoted(line: str) -> tuple[int, str]:
    """Give how often a line is quoted, and the line without its quotation marks."""
    if ">" not in line[:4]:
        return 0, line
    match = _QUOTED.match(line)
    return (match.group(1).count(">"), line[match.end() :]) if match else (0, line)


def read_header(lines: Sequence[str], start: int, level: int) -> QuotedHeader | None:
    """Read the header that begins at a line or after a few blank ones; None if there is none.

    Its lines are quoted as often as the line above it, `level`, or once more. It names who wrote,
    and says when or about what.
    """
    window = lines[start : start + _MOST_LINES]
    first = next((line for line in window if unquoted(line)[1].strip()), "")
    block = _Block(unquoted(first)[0])
    if not 0 <= block.level - level <= 1:
        return None
    for index, line in enumerate(window, start):
        if not block.takes(line, index):
            break
    return block.header()


class _Block:
    """The fields read so far; `_last` is the one that a next line may continue."""

    def __init__(self, level: int) -> None:
        self.level = level
        self._fields: dict[Word, str] = {}
        self._last: Word | None = None
        self._width = 0
        self._blank = 0
        self._apart = False
        self._hanging = False
        self._foreign = False
        self._end = 0

    def takes(self, line: str, index: int) -> bool:
        """Read one more line; False if the header ended before it."""
        level, rest = unquoted(line)
        rest = rest.strip()
        if not rest:
            self._blank += 1
            return self._blank <= _MOST_BLANK
        if level != self.level:
            return False
        found = client_words.header_line(rest)
        taken = self._begins(rest, *found) if found else self._continues(rest)
        if taken:
            self._blank = 0
            self._width = len(rest)
            self._end = index + 1
        return taken

    def _begins(self, line: str, word: Word, value: str) -> bool:
        if word in self._fields and word not in {Word.CC, Word.OTHER}:
            return False
        if self._blank and self._fields:
            # Each field a paragraph of its own: so from the start, or the mail's text begins.
            if self._is_complete() and not self._apart:
                return False
            self._apart = True
        self._fields[word] = value
        self._last = word
        self._foreign = self._foreign or client_words.is_foreign(line)
        return True

    def _continues(self, line: str) -> bool:
        if self._last is None or self._blank:
            return False
        value = self._fields[self._last]
        if len(value) > _LONGEST_FIELD or client_words.mark_of(line) is not None:
            return False
        if not value:
            # Where names stand on lines of their own, all do; else the field is empty.
            self._hanging = self._hanging or self._last is Word.FROM
            self._fields[self._last] = line if self._hanging else ""
            return self._hanging
        wrapped = self._width >= _WRAPPED and self._last is not Word.DATE
        if not (wrapped or line.startswith(("<", "[mailto:")) or value.endswith((",", ";", "<"))):
            return False
        self._fields[self._last] = f"{value} {line}"
        return True

    def _is_complete(self) -> bool:
        return {Word.FROM, Word.DATE, Word.SUBJECT} <= self._fields.keys()

    def header(self) -> QuotedHeader | None:
        """Give what was read, if it is a header."""
        if Word.FROM not in self._fields or not {Word.DATE, Word.SUBJECT} & self._fields.keys():
            return None
        return QuotedHeader(
            sender=self._fields[Word.FROM],
            date=self._fields.get(Word.DATE, ""),
            subject=self._fields.get(Word.SUBJECT, ""),
            reply_to=self._fields.get(Word.REPLY_TO, ""),
            foreign=self._foreign,
            end=self._end,
            level=self.level,
            complete=Word.DATE in self._fields and len(self._fields) > 2,
        )


def mailbox(value: str) -> Mailbox | None:
    """Read whom a line names: `Jan <jan@klant.example>`, `Jan [mailto:...]`; None without address.

    Of several addresses the last counts: it stands in the angle, or after "on behalf of". One that
    is not clean is none, since mail will be sent to it.
    """
    value = value[:_LONGEST_FIELD]
    words = [word.strip("'.") for word in _BETWEEN.split(value) if "@" in word]
    if not words:
        return None
    try:
        found = canonical(words[-1])
    except ValueError:
        return None
    name = fields.text(_NAME_END.split(value, maxsplit=1)[0].encode("utf-8", "replace"))
    name = name.strip(_AROUND_NAME)
    return Mailbox("" if "@" in name else name, found)
