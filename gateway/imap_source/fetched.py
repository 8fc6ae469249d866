"""What servers answer to a FETCH, read at once where it has the form that nearly all of them use.

IMAPClient knows every form, and looks at each byte in Python, which takes longer than anything
else that a mail costs us. It reads any answer that is not wholly as expected here.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from imapclient.response_parser import parse_fetch_response

_NEVER = datetime.min.replace(tzinfo=UTC)

_NAMES = b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
_MONTHS = {name: number for number, name in enumerate(_NAMES.split(), 1)}
# RFC 9051 `nz-number` and `number64`, and no more digits than make a number at once.
_SIZE = re.compile(
    rb"[0-9]{1,10} \(UID ([0-9]{1,10}) RFC822\.SIZE ([0-9]{1,19}) "
    rb'INTERNALDATE "([ 0-3]?[0-9])-([A-Z][a-z][a-z])-([0-9]{4}) '
    rb'([0-9]{2}):([0-9]{2}):([0-9]{2}) ([+-][0-9]{2})([0-9]{2})"\)'
)
_WHOLE = re.compile(rb"[0-9]{1,10} \(UID ([0-9]{1,10}) BODY\[\] \{[0-9]{1,19}\}")

Record = bytes | tuple[bytes, bytes] | None
"""A line of an answer as imaplib keeps it: with a literal at its end, a pair."""


def sizes(answer: Sequence[Record]) -> dict[int, tuple[int, datetime]]:
    """Read UIDs with size in bytes and time of receipt; a mail without a time counts as old."""
    found = _usual_sizes(answer)
    if found is None:
        found = {
            uid: (one[b"RFC822.SIZE"], _utc(one.get(b"INTERNALDATE")))
            for uid, one in parse_fetch_response(answer, normalise_times=False).items()
            if isinstance(one.get(b"RFC822.SIZE"), int)
        }
    return found


def mails(answer: Sequence[Record]) -> dict[int, bytes]:
    """Read UIDs with whole mails; one that has no content is left out."""
    found = _usual_mails(answer)
    if found is None:
        read = parse_fetch_response(answer).items()
        contents = {uid: one.get(b"BODY[]") for uid, one in read}
        found = {uid: content for uid, content in contents.items() if isinstance(content, bytes)}
    return found


def _utc(found: datetime | None) -> datetime:
    try:
        return (found or _NEVER).astimezone(UTC)
    except OverflowError:
        return _NEVER


def _usual_sizes(answer: Sequence[Record]) -> dict[int, tuple[int, datetime]] | None:
    """Read sizes; None if anything is not as expected."""
    found: dict[int, tuple[int, datetime]] = {}
    for record in answer:
        match = _SIZE.fullmatch(record) if isinstance(record, bytes) else None
        if match is None:
            return None
        uid, size, day, month, year, hour, minute, second, *offset = match.groups()
        sign = -1 if offset[0].startswith(b"-") else 1
        east = timedelta(hours=int(offset[0]), minutes=sign * int(offset[1]))
        try:
            date = int(year), _MONTHS[month], int(day)
            local = datetime(*date, int(hour), int(minute), int(second), tzinfo=UTC)
            found[int(uid)] = int(size), local - east
        except (ValueError, KeyError, OverflowError):
            return None
    return found


def _usual_mails(answer: Sequence[Record]) -> dict[int, bytes] | None:
    """Read whole mails; None if anything is not as expected."""
    if len(answer) % 2:
        return None
    found: dict[int, bytes] = {}
    for begun, ended in zip(answer[::2], answer[1::2], strict=True):
        if not isinstance(begun, tuple) or ended != b")":
            return None
        match = _WHOLE.fullmatch(begun[0])
        if match is None:
            return None
        found[int(match[1])] = begun[1]
    return found
