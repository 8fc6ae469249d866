"""Whom a bounce's text names as not reached, and what it says of each.

The recipients are looked for in the lines in which an address stands apart, the most telling form
first, since the same text names other addresses: the sender's, a postmaster's, a server's.
"""

import re

from gateway.mail.address import ADDRESS
from gateway.mail.bounce.delivery_status import (
    MAX_DIAGNOSTIC,
    MAX_RECIPIENTS,
    first_address,
    is_permanent,
    status_in,
)
from gateway.mail.bounce.phrases import says_delayed
from gateway.mail.model import Undelivered

Report = tuple[str, ...]

_IN_ANGLES = re.compile(rf"\s{{0,8}}<({ADDRESS})>[ \t]?(?:[:(]|$)")
_FIRST_IN_LINE = re.compile(rf"\s{{0,8}}({ADDRESS})[ \t]?(?:[:(]|$)")
_NAMED = re.compile(
    r"[\s*>-]{0,12}(?:rcpt to|to|(?:(?:failed|original|intended|invalid) )?recipients?|user|for|"
    r"(?:(?:recipient|e-?mail|target mail|undeliverable|failed) )?address)[ \t]?:?[ \t]*"
    rf"(?:\[?smtp:|rfc822;)?[ \t]?[<\"'\[(]?({ADDRESS})",
    re.IGNORECASE,
)
_AT_A_MARK = re.compile(rf"[\s*>\d.)\"'\[-]{{0,12}}<?({ADDRESS})")
_ANYWHERE = re.compile(ADDRESS)
# In a transcript of a session the other end of the mail.
_SENDER_LINE = re.compile(r"\bmail from\b|\bfrom[:=]", re.IGNORECASE)
_DIAGNOSTIC_LINES = 6


def recipients_of(report: Report, not_these: frozenset[str]) -> tuple[Undelivered, ...]:
    """Find the recipients that a report names, in the clearest of the ways in which it does.

    `not_these` are canonical addresses that are no recipients: the sender's and the reporter's. A
    paragraph that an address in angle brackets opens tells of a recipient even so.
    """
    places = _places(report, _IN_ANGLES, frozenset())
    for pattern in (_FIRST_IN_LINE, _NAMED, _AT_A_MARK):
        places = places or _places(report, pattern, not_these)
    places = places or _places(report, _ANYWHERE, not_these)
    numbers = [*places.values(), len(report)]
    return tuple(
        _described(address, report[start : min(end, start + _DIAGNOSTIC_LINES)], report)
        for address, start, end in zip(places, numbers, numbers[1:], strict=False)
    )


def stand_apart(report: Report, not_these: frozenset[str]) -> bool:
    """Say whether some address has a line of its own, as programs list recipients."""
    return bool(_places(report, _IN_ANGLES, frozenset())) or bool(
        _places(report, _FIRST_IN_LINE, not_these)
    )


def described(address: str, report: Report) -> Undelivered:
    """Describe a recipient who is known from elsewhere by what the report says."""
    number = next((n for n, line in enumerate(report) if address and address in line.lower()), 0)
    return _described(address, report[number : number + _DIAGNOSTIC_LINES], report)


def _places(report: Report, pattern: re.Pattern[str], not_these: frozenset[str]) -> dict[str, int]:
    """Give the recipients that one pattern finds, each with the line where it first did."""
    places: dict[str, int] = {}
    for number, line in enumerate(report):
        if "@" not in line or _SENDER_LINE.search(line):
            continue
        match = pattern.search(line) if pattern is _ANYWHERE else pattern.match(line)
        address = first_address(match.group(match.lastindex or 0)) if match else ""
        if address and address not in not_these and len(places) < MAX_RECIPIENTS:
            places.setdefault(address, number)
    return places


def _described(address: str, near: Report, report: Report) -> Undelivered:
    """Put together what is said near an address, and of the mail as a whole where that is mute."""
    status = status_in("\n".join(near)) or status_in("\n".join(report))
    delayed = bool(says_delayed(" ".join(" ".join(report).lower().split())))
    said = " ".join(" ".join(near).split())
    return Undelivered(
        address=address,
        status=status,
        permanent=not delayed and is_permanent(status, said),
        diagnostic=_diagnostic(near),
        delayed=delayed,
    )


def _diagnostic(near: Report) -> str:
    """Give the lines that say why, up to the first blank one after the address."""
    lines: list[str] = []
    for line in near:
        if not line.strip() and len(lines) > 1:
            break
        if line.strip():
            lines.append(line.strip())
    return " ".join(lines)[:MAX_DIAGNOSTIC]
