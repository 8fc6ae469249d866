"""Where the signature at the end of a text begins."""

import re
from collections.abc import Sequence

from gateway.mail.reply.closing import closes_with_name, is_closing
from gateway.mail.reply.disclaimer import begins_disclaimer
from gateway.mail.reply.program import names_program

# How far from the end of a text its signature can begin.
_MOST_LINES = 80
_MOST_ROUNDS = 6
# RFC 3676 section 4.3 sets no length, RFC 1855 asks for four lines, companies use more.
_LONGEST_SIGNED = 30
_LONGEST_CARD = 14
_LONGEST_CARD_LINE = 110
_MOST_CARD_WORDS = 12
_RULE = re.compile(r"[-_\u2010-\u2015\u2500*]{1,100}")
# What no table begins with, and no patch.
_SHORT_RULES = frozenset({"__", "\u2014", "\u2013", "\u2014-", "\u2014\u2014"})
_TABLE = re.compile(r":(?!//)|\d|\||[/\\]|\s{3}")
_SENTENCE_END = re.compile(r"[.?!\u3002]$")
_POSTSCRIPT = re.compile(r"p\.?\s?s\.?\s?[:.\s]", re.IGNORECASE)
_NICKNAME = re.compile(r"/\s?[^\W\d_]{2,20}(?: [^\W\d_]{2,20})?")


def signature_start(lines: Sequence[str]) -> int:
    """Give the number of the line where the signature begins; the number of lines if none does.

    Lines come without white space around them.
    """
    end = _without_blanks(lines, len(lines))
    begins = len(lines)
    lowest = max(0, end - _MOST_LINES)
    for _ in range(_MOST_ROUNDS):
        start = _last_piece(lines, lowest, end)
        if start is None:
            break
        begins = start
        end = _without_blanks(lines, start)
    return begins


def _without_blanks(lines: Sequence[str], end: int) -> int:
    while end > 0 and not lines[end - 1]:
        end -= 1
    return end


def _last_piece(lines: Sequence[str], lowest: int, end: int) -> int | None:
    """Find where the last piece of a signature begins, be it a line or a block."""
    if end <= lowest:
        return None
    last = lines[end - 1]
    if names_program(last) or (_NICKNAME.fullmatch(last) and end >= 2 and not lines[end - 2]):
        return end - 1
    if len(last) > 2 and _RULE.fullmatch(last):
        return end - 1
    for find in (_disclaimer, _delimited, _closed):
        start = find(lines, lowest, end)
        if start is not None:
            return start
    return None


def _disclaimer(lines: Sequence[str], lowest: int, end: int) -> int | None:
    """Find a legal notice that begins a paragraph and goes on to the end."""
    for number in range(lowest, end):
        if (
            lines[number]
            and (number == 0 or not lines[number - 1] or _RULE.fullmatch(lines[number - 1]))
            and begins_disclaimer(lines[number], " ".join(lines[number + 1 : number + 6]))
        ):
            return number
    return None


def _delimited(lines: Sequence[str], lowest: int, end: int) -> int | None:
    """Find a line of dashes, or of one dash, with a signature below it."""
    for number in range(end - 1, lowest - 1, -1):
        words = lines[number]
        if not words or _RULE.fullmatch(words) is None or words in {"-", "*", "_"}:
            continue
        below = [line for line in lines[number + 1 : end] if line]
        if words == "--":
            is_text = len(below) > _LONGEST_SIGNED or sum(map(_is_sentence, below)) > 1
            return None if is_text else number
        if words.startswith("*"):
            continue
        return number if below and is_card(below) and _is_drawn_for(words, below[0]) else None
    return None


def _is_sentence(line: str) -> bool:
    return len(line.split()) > 5 and _SENTENCE_END.search(line) is not None


def _is_drawn_for(rule: str, name: str) -> bool:
    """Say whether a rule was drawn above a name: people draw rules above tables and notes, too."""
    if rule in _SHORT_RULES:
        return True
    letters = name.strip("*_ ")
    return _is_name(letters) and letters[:1].isalpha() and _TABLE.search(letters) is None


def _closed(lines: Sequence[str], lowest: int, end: int) -> int | None:
    """Find closing words with a name below them, and nothing but where to find its owner."""
    for number in range(end - 1, max(lowest, end - 2 * _LONGEST_CARD) - 1, -1):
        if is_closing(lines[number]) or (number + 1 < end and closes_with_name(lines[number])):
            below = [line for line in lines[number + 1 : end] if line]
            return number if below and is_card(below) and _is_name(below[0]) else None
    return None


def is_card(lines: Sequence[str]) -> bool:
    """Say whether lines look like a name, an address, numbers and links."""
    return len(lines) <= _LONGEST_CARD and not any(map(_is_prose, lines))


def _is_prose(line: str) -> bool:
    words = line.split()
    if _POSTSCRIPT.match(line) or len(line) > 3 * _LONGEST_CARD_LINE:
        return True
    if "://" in line or "@" in line or "|" in line:
        return False
    if len(line) > _LONGEST_CARD_LINE or len(words) > _MOST_CARD_WORDS or line.endswith("?"):
        return True
    return len(words) > 5 and _SENTENCE_END.search(line) is not None


def _is_name(line: str) -> bool:
    return len(line) <= 60 and len(line.split()) <= 7 and not line.endswith(("?", ":"))
