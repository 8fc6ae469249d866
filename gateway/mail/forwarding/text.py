"""A mail that was forwarded inline: found in the text of the forward, and taken apart.

The first thing in a text that a mail program wrote decides. If it introduces an answer's
quotation, the mail is an answer, whatever was forwarded earlier in the conversation.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gateway.mail import client_words
from gateway.mail.client_words import Mark, Word
from gateway.mail.forwarding import subject_prefix
from gateway.mail.forwarding.quoted_header import QuotedHeader, read_header, unquoted

_MAX_TEXT = 256 * 1024
_MAX_LINES = 5000
_LONGEST_ATTRIBUTION = 4
_FIRST = frozenset({Word.FROM, Word.DATE, Word.SUBJECT})
# `On 2 Nov`, `Am 02.11.`, `ma 2.`: what ends in `<jan@klant.example> wrote:` began so.
_OPENS = re.compile(r"(?:[^\W\d_]{1,3}\b[.,]? ?)?(?:[^\W\d_]{2,12}\b[.,]? ?)?\d")
_BEFORE_NAME = re.compile(
    r"[\d,]|\b(?:[ap]\.? ?m\b\.?|Uhr|schrieb|schreef|skrev|heeft)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Inline:
    """The header and text of the mail that was forwarded, and what the forwarder wrote."""

    header: QuotedHeader
    text: str
    comment: str


def inline_original(text: str, subject: str) -> Inline | None:
    """Find the mail that a text forwards; None if it forwards none, or does not say whose it was.

    Without a line that says so, only a subject that says so makes a quoted header a forward.
    """
    lines = text[:_MAX_TEXT].split("\n")[:_MAX_LINES]
    said = subject_prefix.is_forward_subject(subject)
    for index, line in enumerate(lines):
        level, rest = unquoted(line)
        rest = rest.strip()
        if not rest:
            continue
        mark = client_words.mark_of(rest) or _wrapped_attribution(lines, index, rest)
        glued = _glued_header(rest, index) if mark is None else None
        header = glued or _header_at(lines, index, mark)
        if header is not None:
            sure = glued or mark is Mark.FORWARDED or (said and header.complete)
            return _taken_apart(text, lines, index, header) if sure else None
        if level or mark is Mark.ANSWERED:
            return None
    return None


def _header_at(lines: Sequence[str], index: int, mark: Mark | None) -> QuotedHeader | None:
    """Read the header that a line begins or announces."""
    level, rest = unquoted(lines[index])
    if mark in {Mark.FORWARDED, Mark.ORIGINAL, Mark.RULE}:
        return read_header(lines, index + 1, level)
    if mark is Mark.ANSWERED:
        return _attribution(lines, index)
    found = client_words.header_line(rest)
    if found is not None and found[0] in _FIRST:
        return read_header(lines, index, level)
    return None


def _glued_header(rest: str, index: int) -> QuotedHeader | None:
    """Read a forward's first line and its header out of one line."""
    if not rest.startswith("---"):
        return None
    lines = client_words.unglued(rest)
    if client_words.mark_of(lines[0]) is not Mark.FORWARDED:
        return None
    header = read_header(lines, 1, 0)
    if header is None:
        return None
    # A field whose name is not known would still be glued to the author's address.
    sender = "".join(header.sender.partition(">")[:2])
    return replace(header, sender=sender, end=index + 1)


def _wrapped_attribution(lines: Sequence[str], index: int, rest: str) -> Mark | None:
    """Say whether a line and the next ones introduce quoted text together, from this one on."""
    joined, without_first = rest, ""
    for line in lines[index + 1 : index + _LONGEST_ATTRIBUTION]:
        following = unquoted(line)[1].strip()
        if not following or len(joined) > client_words.MAX_LINE:
            return None
        joined = f"{joined} {following}"
        without_first = f"{without_first} {following}".strip()
        if following.endswith(":"):
            if not client_words.is_attribution(joined):
                return None
            alone = client_words.is_attribution(without_first)
            return Mark.ANSWERED if _OPENS.match(rest) or not alone else None
    return None


def _attribution(lines: Sequence[str], index: int) -> QuotedHeader | None:
    """Read `On 2 November 2026, "Jan" <jan@klant.example> wrote:`, which Outlook for Mac forwards.

    It names no subject, so only a mail whose own subject says so is a forward by it.
    """
    joined = ""
    for offset, line in enumerate(lines[index : index + _LONGEST_ATTRIBUTION], 1):
        joined = f"{joined} {unquoted(line)[1].strip()}".strip()
        if client_words.is_attribution(joined):
            return QuotedHeader(
                sender=_sender(joined),
                date=joined,
                subject="",
                reply_to="",
                foreign=client_words.is_foreign_attribution(joined),
                end=index + offset,
                level=unquoted(line)[0],
                complete=True,
            )
    return None


def _sender(attribution: str) -> str:
    """Give the name and address in an attribution without the date in front of them."""
    before, angle, after = attribution.rpartition("<")
    return _BEFORE_NAME.split(before)[-1] + angle + after if angle else attribution


def _taken_apart(text: str, lines: Sequence[str], index: int, header: QuotedHeader) -> Inline:
    """Part a forward at the header that was found in it."""
    start = _after_repeated_mark(lines, header.end, header.level)
    body = text[sum(len(line) + 1 for line in lines[:start]) :]
    body, below = _ended(body)
    if header.level:
        body, more = _quoted_only(body)
        below = f"{more}\n{below}"
    above = "\n".join(lines[:index]).strip()
    comment = "\n\n".join(filter(None, (above.rstrip("_-=* \n"), below.strip())))
    return Inline(header, _unindented(body), comment)


def _after_repeated_mark(lines: Sequence[str], end: int, level: int) -> int:
    """Pass the line that begins a forward when it stands a second time, below the header."""
    for index in range(end, min(end + 3, len(lines))):
        rest = unquoted(lines[index])[1].strip()
        if rest:
            again = client_words.mark_of(rest) is Mark.FORWARDED
            nested = again and read_header(lines, index + 1, level) is not None
            return index + 1 if again and not nested else end
    return end


def _ended(body: str) -> tuple[str, str]:
    """Part a text at the line that says that the forwarded mail ends."""
    position = 0
    for line in body[:_MAX_TEXT].split("\n")[:_MAX_LINES]:
        if client_words.mark_of(unquoted(line)[1]) is Mark.ENDED:
            return body[:position], body[position + len(line) + 1 :]
        position += len(line) + 1
    return body, ""


def _quoted_only(body: str) -> tuple[str, str]:
    """Part what is quoted from what stands below it."""
    last = body.rfind("\n>") + 1
    end = body.find("\n", last)
    if end < 0 or not body[last:].startswith(">"):
        return body, ""
    return body[:end], body[end:]


# Programs that mark a forwarded text line by line do it on all lines: by `>` or by four blanks.
_NOT_QUOTED = re.compile(r"^(?![ \t]*(?:>|$))", re.MULTILINE)
_QUOTE = re.compile(r"^[ \t]{0,3}> ?", re.MULTILINE)
_NOT_INDENTED = re.compile(r"^(?! {4}|[ \t]*$)", re.MULTILINE)
_INDENT = re.compile(r"^ {4}", re.MULTILINE)


_INVISIBLE = "\ufeff\u200b"


def _unindented(body: str) -> str:
    if not body.strip():
        return ""
    if _NOT_QUOTED.search(body) is None:
        body = _QUOTE.sub("", body)
    elif _NOT_INDENTED.search(body) is None:
        body = _INDENT.sub("", body)
    return body.strip().lstrip(_INVISIBLE)
