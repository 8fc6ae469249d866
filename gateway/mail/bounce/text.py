"""The text of a bounce in two: what the program says, and the mail that it gives back.

Most mail systems of before RFC 3464, and some of today, write only a text, with the returned mail
or its header block at the end.
"""

import re
from dataclasses import dataclass

from gateway.mail.format import enclosed
from gateway.mail.model import Header

MAX_TEXT = 64 * 1024
MAX_REPORT = 16 * 1024
_MAX_LINES = 400
_MAX_LINE = 300


@dataclass(frozen=True, slots=True)
class BounceText:
    """The text of a supposed bounce in two: what its program says, and the mail it gives back.

    `report` is a list of lines, bounded in number and length. `returned` are the fields of the
    returned mail's header block, () if the text does not give it back; `gives_back` says whether
    a copy of some mail is announced, though its header may be missing.
    """

    report: tuple[str, ...]
    returned: tuple[Header, ...] = ()
    gives_back: bool = False

    @property
    def words(self) -> str:
        """Give the report in lower case on one line, for phrases that lines break."""
        return " ".join(" ".join(self.report).lower().split())


# Lines behind which only the returned mail stands.
_COPY = re.compile(
    r"[\s>*=-]{0,40}(?:below (?:this|the next) line is a copy of (?:the|your) message|"
    r"this is a copy of (?:the|your) (?:\w{1,12} )?message|"
    r"(?:original|returned|your original|old|bounced) (?:message|e?-?mail|text)"
    r"(?: (?:follows|text|headers?))?|"
    r"unsent message (?:below|follows)|undelivered message (?:follows|headers)|"
    r"the (?:header|body|headers) of (?:the|your) (?:original )?message|"
    r"a copy of (?:the|your)(?: original)? (?:message|mail)|start of returned message|"
    r"message (?:headers?|text|contents?) follows?|message header|copy of (?:the )?message|"
    r"included is a copy of the message header|rfc ?822 (?:message )?headers?|"
    r"received headers?|returned message)\b",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"[>|\s]{0,8}(Return-Path|Received|Message-ID|From|To|Subject|Date|MIME-Version|Sender|"
    r"DKIM-Signature|Delivered-To|X-[A-Za-z-]{1,40}|Content-Type|Reply-To|Organization)[ \t]?:",
    re.IGNORECASE,
)
_FIELD_LINES = 3


def text_of(text: str) -> BounceText:
    """Part a text at the header block of the mail that it gives back; never raises."""
    lines = text[:MAX_TEXT].split("\n")
    start = _start_of_copy(lines)
    report = [line[:_MAX_LINE].strip("\r") for line in lines[: min(start, _MAX_LINES)]]
    size = 0
    for count, line in enumerate(report):
        size += len(line) + 1
        if size > MAX_REPORT:
            report = report[:count]
            break
    return BounceText(tuple(report), _returned(lines[start:]), start < len(lines))


def _start_of_copy(lines: list[str]) -> int:
    """Find the first line of what is given back; the number of lines if nothing is."""
    run = 0
    for number, line in enumerate(lines):
        if _FIELD.match(line):
            run += 1
            if run == _FIELD_LINES:
                return _back_to_first(lines, number)
        elif not line.startswith((" ", "\t")):
            run = 0
            if number and _COPY.match(line):
                return number
    return len(lines)


def _back_to_first(lines: list[str], number: int) -> int:
    run = _FIELD_LINES
    while run > 1:
        number -= 1
        run -= bool(_FIELD.match(lines[number]))
    return number


_FIELD_NAME = re.compile(r"[!-9;-~]{1,60}[ \t]?:")


def _returned(lines: list[str]) -> tuple[Header, ...]:
    """Read the header block in the lines from the copy on, quoted or indented as it may be."""
    first = next((n for n, line in enumerate(lines[:40]) if _FIELD.match(line)), None)
    if first is None:
        return ()
    margin = len(lines[first]) - len(lines[first].lstrip(" \t>|"))
    prefix = lines[first][:margin]
    block: list[str] = []
    for line in lines[first : first + _MAX_LINES]:
        plain = line.removeprefix(prefix) if prefix else line
        if not plain.strip(" \t>|"):
            break
        folded = plain.startswith((" ", "\t")) or not _FIELD_NAME.match(plain)
        block.append(f" {plain.strip()}" if folded and block else plain)
    return enclosed.header_block("\n".join(block) + "\n\n")
