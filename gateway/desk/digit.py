"""Stars that a mail gives: a digit from 1 to 5 alone in its first line, and below it a comment.

A digit within a sentence is none, since whoever writes one has something else to say: nothing that
a customer wants answered may be taken for a rating.
"""

import re
from collections.abc import Iterator

from gateway.desk.requested import MOST_STARS, Said
from gateway.mail.thanks import is_thanks

_MOST_LINES = 5000
_BEGINNING = 200
_STAR = "[\N{BLACK STAR}\N{WHITE MEDIUM STAR}]"
_WORD = r"(?:stars?|ster(?:n|ne|nen|ren)?|t\u00e4hti|t\u00e4hte\u00e4|stj\u00e4rn(?:a|or))"
_OF_FIVE = r"(?:/|out of|of|von|van de|van|op|aus) ?5"
# What stands alone in its line: "4", "4!", "4/5", "4 of 5 stars", or four stars themselves.
_ALONE = re.compile(
    rf"(?:([1-5])(?: ?{_OF_FIVE})?(?: ?{_WORD}| ?{_STAR})?"
    rf"|({_STAR}{{1,5}})\N{{WHITE STAR}}{{0,4}}) ?[.!]*",
    re.IGNORECASE,
)
# Whoever says that it is stars may go on in the same line: "5 stars, many thanks".
_GOES_ON = re.compile(
    rf"([1-5])(?: ?{_OF_FIVE})? ?{_WORD} ?[,;:.!\N{{EN DASH}}\N{{EM DASH}}-]+ (.+)",
    re.IGNORECASE,
)
# So may who says no more than thanks: "5, thank you".
_THANKED = re.compile(
    rf"([1-5])(?: ?{_OF_FIVE})? ?[,;:.!\N{{EN DASH}}\N{{EM DASH}}-]* (.+)", re.IGNORECASE
)
_DIGIT = re.compile(r"[0-9]{1,3}[.)]?")
_MARKS = str.maketrans(dict.fromkeys("*_\ufe0f\u20e3\u200b", ""))


def said_in(text: str) -> Said | None:
    """Give the stars and the comment of a mail's new text, None if it gives none. Never raises."""
    lines = text.strip().split("\n")
    if len(lines) > _MOST_LINES:
        return None
    first, below = _folded(lines[0]), "\n".join(lines[1:]).strip()
    if (alone := _ALONE.fullmatch(first)) is not None:
        # Answers to numbered questions have a digit in more than one line.
        if any(_DIGIT.fullmatch(line.strip()) for line in lines[1:]):
            return None
        return Said(_stars(alone), below)
    if (more := _going_on(first)) is not None:
        return Said(int(more[1]), f"{more[2]}\n{below}".strip())
    return None


def may_give_stars(text: str) -> bool:
    """Say whether a mail's whole text, with what it quotes, may give stars anywhere. Linear."""
    return any(
        _ALONE.fullmatch(line) or _going_on(line) is not None
        for line in map(_folded, _beginnings(text))
    )


def _going_on(line: str) -> re.Match[str] | None:
    """Give what stars and what else a line gives, None where it may mean something else."""
    thanked = _THANKED.fullmatch(line)
    return thanked if thanked and is_thanks(thanked[2]) else _GOES_ON.fullmatch(line)


def _beginnings(text: str) -> Iterator[str]:
    for line in text.split("\n", _MOST_LINES)[:_MOST_LINES]:
        if line and not line.startswith(">"):
            yield line[:_BEGINNING]


def _folded(line: str) -> str:
    """Give a line without marks of emphasis, with single spaces."""
    return " ".join(line.translate(_MARKS).split())


def _stars(found: re.Match[str]) -> int:
    return int(found[1]) if found[1] else min(len(found[2]), MOST_STARS)
