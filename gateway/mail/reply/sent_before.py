"""Which lines of a text we sent ourselves: what an answer quotes of our own mail.

Programs wrap, indent and mark what they quote, so words are compared and not lines: a line is ours
when each of its words stands in a run of words that we sent in that order.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import islice

from gateway.mail.reply.lines import Lines

# So many words in the same order are no chance.
_RUN = 6
# An answer quotes the newest mails, and the newest come first.
_MOST_WORDS = 20_000
_WORD = re.compile(r"\w{1,60}")


def ours(lines: Lines, sent: Sequence[str]) -> frozenset[int]:
    """Give the numbers of the lines that consist of what was sent, quoted or not."""
    known = _runs_of(sent)
    if not known:
        return frozenset()
    words: list[str] = []
    line_of: list[int] = []
    for number, line in enumerate(lines.words):
        if line:
            some = _WORD.findall(line.lower())
            words += some
            line_of += [number] * len(some)
        if len(words) > _MOST_WORDS:
            break
    covered = bytearray(len(words))
    for place, run in enumerate(_runs(words)):
        if run in known:
            covered[place : place + _RUN] = b"\x01" * _RUN
    some_foreign = {line_of[place] for place, one in enumerate(covered) if not one}
    return frozenset(line_of) - some_foreign


def _runs(words: list[str]) -> Iterable[tuple[str, ...]]:
    """Give all runs of words that stand one after the other, in order."""
    return zip(*(islice(words, at, None) for at in range(_RUN)), strict=False)


def _runs_of(sent: Sequence[str]) -> frozenset[tuple[str, ...]]:
    runs: set[tuple[str, ...]] = set()
    for text in sent:
        words = _WORD.findall(text[: 20 * _MOST_WORDS].lower())[:_MOST_WORDS]
        runs.update(_runs(words))
        if len(runs) > _MOST_WORDS:
            break
    return frozenset(runs)
