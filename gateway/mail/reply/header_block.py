"""The header of a quoted mail as Outlook and others write it into the text."""

import re

from gateway.mail.client_words import Word, header_line
from gateway.mail.reply.header_names import other_header_line
from gateway.mail.reply.lines import Lines

_MOST_LINES = 24
# A field with many addresses is wrapped.
_MOST_CONTINUATIONS = 4
# A year and a time, as in `Friday, 28 November 2014 12:35`.
_MOMENT = re.compile(r"(?:19|20)\d\d.{1,30}\d[:.]\d\d")
_DIGIT = re.compile(r"\d")
# What no program writes above a mail that it quotes, but who pastes a mail's own header does.
_TRANSPORT = re.compile(
    r"(?:Message-ID|Return-Path|Delivered-To|DKIM-Signature|ARC-[\w-]{1,40}|"
    r"Authentication-Results|Received-SPF|MIME-Version|Content-Type|X-[\w-]{1,60}) ?:|"
    r"Received: (?:by|from) ",
    re.IGNORECASE,
)


def field(words: str) -> tuple[Word, str] | None:
    """Read a header field in any language that is known."""
    if ":" not in words and "\uff1a" not in words:
        return None
    return header_line(words.lstrip("|")) or other_header_line(words)


def header_block(lines: Lines, first: int) -> int | None:
    """Give the line below the header block that begins in a line; None if none does."""
    start = field(lines.words[first])
    if start is None or start[0] is Word.OTHER:
        return None
    fields: dict[Word, str] = {start[0]: start[1]}
    end = number = first + 1
    continuations = 0
    while number < min(len(lines), first + _MOST_LINES):
        words = lines.words[number]
        one = field(words) if words else None
        if one is not None and one[0] is Word.FROM and Word.FROM in fields:
            break  # a mail has one author; what follows is the header of another, or a list
        if one is not None:
            fields.setdefault(one[0], one[1])
            continuations = 0
            end = number + 1
        elif not words:
            below = lines.next_words(number)
            if below > number + 2 or below >= len(lines) or field(lines.words[below]) is None:
                break
        else:
            continuations += 1
            if continuations > _MOST_CONTINUATIONS or not _goes_on(lines, number, first):
                break
            end = number + 1
        number += 1
    above = lines.words[max(0, first - 2) : first]
    is_ruled = any(words and not words.strip("-_=*\u2014") for words in above)
    is_head = _is_header(fields, is_ruled=is_ruled) and not _is_pasted(lines, first)
    return end if is_head else None


def _is_pasted(lines: Lines, first: int) -> bool:
    """Say whether a header goes on that somebody copied from a mail's source."""
    for number in range(first, max(-1, first - _MOST_LINES), -1):
        words = lines.words[number]
        if _TRANSPORT.match(words):
            return True
        if not words or (field(words) is None and lines.raw[number][:1] not in {" ", "\t"}):
            return False
    return False


def _goes_on(lines: Lines, number: int, first: int) -> bool:
    """Say whether a line continues a wrapped field: more fields follow, or it is an address."""
    if "@" in lines.words[number] or ";" in lines.words[number]:
        return True
    last = min(len(lines), number + _MOST_CONTINUATIONS, first + _MOST_LINES)
    return any(field(lines.words[below]) for below in range(number + 1, last))


def _is_header(fields: dict[Word, str], *, is_ruled: bool) -> bool:
    """Say whether fields are a mail's: people write `From: Helsinki` and `To: Oslo` themselves.

    A program writes when the mail was sent, unless it draws a rule above the header.
    """
    has_day = _DIGIT.search(fields.get(Word.DATE, "")) is not None
    has_address = any("@" in value for value in fields.values())
    known = len(fields.keys() - {Word.OTHER, Word.REPLY_TO})
    if Word.FROM not in fields:
        return known >= 2 and has_day and has_address
    if not has_day:
        return is_ruled and known >= 3
    if Word.SUBJECT in fields or has_address:
        return True
    return (
        list(fields)[:2] == [Word.FROM, Word.DATE] and _MOMENT.search(fields[Word.DATE]) is not None
    )
