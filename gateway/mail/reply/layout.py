"""What the lines of a text are: new, quoted, or the history that ends it."""

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from gateway.mail.client_words import Mark, Word, mark_of
from gateway.mail.reply import patterns
from gateway.mail.reply.attribution import attributions
from gateway.mail.reply.banner import banner_end
from gateway.mail.reply.closing import is_pointer
from gateway.mail.reply.header_block import field, header_block
from gateway.mail.reply.lines import Lines
from gateway.mail.reply.marker import is_marker
from gateway.mail.reply.sent_before import ours

_RULE = re.compile(r"[-_=*~\u2013\u2014\u2500]{3,200}")
_LINK = re.compile(r"[(<\[]?https?://[^\s()<>]{1,400}[)>\]]?[ >]{0,3}")
# Lines that are read one by one, not only by their quotation marks.
_MOST_READ = 10_000
_LONGEST_POINTER = 60
# A line from which a word was wrapped is nearly full.
_NEARLY_FULL = 60
_LEFTOVER = 30


class Is(Enum):
    """What a line is."""

    BLANK = auto()
    NEW = auto()
    QUOTED = auto()
    FORWARDED = auto()


@dataclass(frozen=True, slots=True)
class Layout:
    """What each line is, and where the unmarked history begins.

    `history` is the first line of it, `column` where it begins in that line; from there on nothing
    is new. It is the number of lines when there is none. `columns` says where quotations that are
    introduced begin in their first lines; the lines `known` are what we sent. The text itself
    begins in the line `top`, below what a gateway put above it. `answered_inside` says that there
    is no history because something was written between its lines.
    """

    kinds: tuple[Is, ...]
    history: int
    column: int
    columns: dict[int, int]
    known: frozenset[int]
    top: int
    answered_inside: bool = False


class _Reader:
    """Goes through a text once, from top to bottom."""

    def __init__(self, lines: Lines, sent: Sequence[str]) -> None:
        self.lines = lines
        self.ours = ours(lines, sent)
        self.introduced = attributions(lines, self.ours)
        self.kinds = [Is.NEW if words else Is.BLANK for words in lines.words]
        self.top = banner_end(lines)
        self.kinds[: self.top] = [Is.BLANK] * self.top
        self.columns: dict[int, int] = {}
        self.has_new = False
        self.history = len(lines)
        self.column = 0

    def read(self) -> Layout:
        """Say of every line what it is."""
        number = self.top
        unread = _MOST_READ
        while number < len(self.lines):
            if self._is_quoted(number):
                self.kinds[number] = Is.QUOTED
                number += 1
            elif not self.lines.words[number]:
                number += 1
            elif unread > 0:
                unread -= 1
                number = self._line(number)
            else:
                self.has_new = True
                number += 1
        answered_inside = self._answers_in_history()
        if answered_inside:
            self.history = len(self.lines)
        return Layout(
            tuple(self.kinds),
            self.history,
            self.column,
            self.columns,
            self.ours,
            self.top,
            answered_inside,
        )

    def _is_quoted(self, number: int) -> bool:
        if number < len(self.lines) and self.lines.words[number]:
            return self.lines.quoted[number] or number in self.ours
        return number < len(self.lines) and self.lines.quoted[number]

    def _line(self, number: int) -> int:
        """Read a line without quotation marks; give the next one to be read."""
        words = self.lines.words[number]
        if is_marker(words):
            return self._begin(number, number + 1, 0)
        attribution = self.introduced.get(number)
        if attribution is not None:
            below = attribution.last + 1
            if attribution.certain or self._is_quoted(self.lines.next_words(below)):
                return self._begin(number, below, attribution.column)
        elif not words[0].isalnum() or words[-1] in ":\uff1a":
            mark = mark_of(words)
            if mark is Mark.FORWARDED or patterns.names_forward(words):
                return self._forward(number)
            if mark is Mark.ORIGINAL or patterns.names_original(words):
                return self._begin(number, number + 1, 0)
        head = self._head(number)
        if head is not None:
            return self._begin(number, *head)
        self.has_new = True
        return number + 1

    def _head(self, number: int) -> tuple[int, int] | None:
        """Find a header that begins in a line: the line below it, and the column of its begin."""
        end = header_block(self.lines, number)
        if end is not None:
            return end, 0
        words = self.lines.words[number]
        place = patterns.glued_original(words)
        if place is None:
            return None
        begin, end = place
        one = field(words[end:])
        column = self.lines.raw[number].find(words[begin:end])
        if one is None or one[0] not in {Word.FROM, Word.DATE} or column < 0:
            return None
        return number + 1, column if begin else 0

    def _forward(self, number: int) -> int:
        """Take the rest for a forwarded mail: history below words of its own, else the text."""
        if self.has_new and not self._is_pointed_at(number):
            self.history = number
        else:
            self.kinds[: len(self.lines)] = [Is.FORWARDED] * len(self.lines)
        return len(self.lines)

    def _begin(self, first: int, end: int, column: int) -> int:
        """Take lines for the head of a quotation, or of the history, or of a forward.

        A mail that begins with the head of another has nothing new above it and is a forward.
        """
        below = self.lines.next_words(end)
        if self._is_quoted(below):
            self.kinds[first:below] = [Is.QUOTED] * (below - first)
            self.columns[first] = column
            self.has_new = self.has_new or column > 0
            return below
        if not self.has_new and not column:
            if is_marker(self.lines.words[first]):
                self.kinds[first] = Is.QUOTED
                self.columns[first] = 0
            else:
                self.kinds[first:end] = [Is.FORWARDED] * (end - first)
            return end
        is_head = first not in self.introduced and not is_marker(self.lines.words[first])
        if is_head and self._is_pointed_at(first):
            return self._forward(first)
        self.history = first if column else self._with_rule(first)
        self.column = column
        return len(self.lines)

    def _is_pointed_at(self, number: int) -> bool:
        """Say whether all that stands above a line is like `FYI`."""
        above = (
            words for words in self.lines.words[self.top : number] if not _RULE.fullmatch(words)
        )
        return is_pointer(" ".join(above)[:_LONGEST_POINTER])

    def _with_rule(self, first: int) -> int:
        """Take in the rule, or before a marker the line with a colon, above the history."""
        above = first - 1
        while above >= 0 and not self.lines.words[above] and above > first - 4:
            above -= 1
        if above < 0 or self.kinds[above] is not Is.NEW:
            return first
        words = self.lines.words[above]
        is_introduction = words.endswith(":") and is_marker(self.lines.words[first])
        return above if _RULE.fullmatch(words) or is_introduction else first

    def _answers_in_history(self) -> bool:
        """Say whether something stands in the history between lines that we sent."""
        known = [number for number in sorted(self.ours) if number >= self.history]
        if not known:
            return False
        return any(
            self.kinds[number] is Is.NEW
            and number not in self.ours
            and not self.lines.quoted[number]
            and len(re.findall(r"[^\W\d_]{2,40}", self.lines.words[number])) >= 3
            and "://" not in self.lines.words[number]
            for number in range(known[0], known[-1])
        )


def lay_out(lines: Lines, sent: Sequence[str]) -> Layout:
    """Say what the lines of a text are; `sent` are texts that we sent before, newest first."""
    layout = _Reader(lines, sent).read()
    kinds = list(layout.kinds)
    for number in range(1, len(lines) - 1):
        if kinds[number] is Is.NEW and _is_wrapped_quotation(lines, number):
            kinds[number] = Is.QUOTED
    return dataclasses.replace(layout, kinds=tuple(kinds))


def _is_wrapped_quotation(lines: Lines, number: int) -> bool:
    """Say whether a line is the end of the quoted line above it, wrapped without its mark."""
    if not (lines.quoted[number - 1] and lines.quoted[number + 1]):
        return False
    above = lines.words[number - 1]
    words = lines.words[number]
    if "://" in words and _LINK.fullmatch(words):
        return True
    if "://" in above and " " not in words:
        return True
    if len(above) < _NEARLY_FULL or above[-1] in "?!:" or len(words) > len(above):
        return False
    return not words[0].isupper() or (len(words) <= _LEFTOVER and above[-1] != ".")
