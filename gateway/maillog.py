"""The mail log: one line for each thing that happens to a mail, made for grep.

A line is a fixed verb and `key=value` pairs, the mail's spool id first, then the case number. It
never carries a subject, a body or a full address: people are shown by their domain.
"""

import logging
from enum import StrEnum

from gateway.in_hand import FIELDS

_log = logging.getLogger("casepost.mail")

_LONGEST_VALUE = 200


class Verb(StrEnum):
    """What happened; the closed list that operators and alarms can rely on."""

    RECEIVED = "received"
    REFUSED = "refused"
    FILED = "filed"
    DUPLICATE = "duplicate"
    HELD = "held"
    ADMITTED = "admitted"
    DROPPED = "dropped"
    RETRIED = "retried"
    UNREADABLE = "unreadable"
    FAILED = "failed"
    QUEUED = "queued"
    SENT = "sent"
    DEFERRED = "deferred"
    UNCERTAIN = "uncertain"
    UNDELIVERABLE = "undeliverable"
    RATED = "rated"


def event(
    verb: Verb, *, mail: int | None = None, case: str | None = None, **fields: object
) -> None:
    """Log that `verb` happened to spool id `mail` on `case`; fields that are None are left out."""
    level = logging.WARNING if verb in _WORRYING else logging.INFO
    if not _log.isEnabledFor(level):
        return
    own: dict[str, object] = {"verb": verb.value}
    words = [verb.value]
    for key, value in {"mail": mail, "case": case, **fields}.items():
        if isinstance(value, int):
            own[key] = value
            words.append(f"{key}={value}")
        elif value is not None:
            own[key] = safe = _safe(value)
            words.append(f"{key}={_quoted(safe)}")
    _log.log(level, "%s", " ".join(words), extra={FIELDS: own})


def released(mail: int, by: str, *, admitted: bool) -> None:
    """Log that somebody let a held mail in, or dropped it."""
    event(Verb.ADMITTED if admitted else Verb.DROPPED, mail=mail, by=domain_of(by))


def queued(
    outbox: int, template: str, recipient: str, *, mail: int | None = None, case: str | None = None
) -> None:
    """Log that a mail of ours was queued: because of which mail, and on which case, if any."""
    to = domain_of(recipient)
    event(Verb.QUEUED, mail=mail, case=case, outbox=outbox, template=template, to=to)


def domain_of(address: str | None) -> str | None:
    """Give the domain of an address, which is all that the log shows of a person."""
    if address is None:
        return None
    return address.rpartition("@")[2] or "<>"


_WORRYING = frozenset({Verb.FAILED, Verb.UNREADABLE, Verb.UNDELIVERABLE, Verb.UNCERTAIN})


_TO_QUOTE = frozenset(' "=')


def _safe(value: object) -> str:
    """Give a value without control characters, and not for ever."""
    text = str(value)[:_LONGEST_VALUE]
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _quoted(safe: str) -> str:
    """Write a value on one line, quoted when it has blanks."""
    if not safe or not _TO_QUOTE.isdisjoint(safe):
        return '"' + safe.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return safe
