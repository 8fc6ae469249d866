"""How long what is kept is kept; without a word of it, for ever."""

from collections.abc import Iterator
from datetime import timedelta

from pydantic.dataclasses import dataclass

from gateway.config import duration
from gateway.config.kinds import STRICT
from gateway.config.toml_file import TomlFile
from gateway.errors import Finding

KEYS = ("closed_tickets", "raw_mail", "dropped", "spool_traces", "outbox", "audit")
"""The keys of the table, in the order in which they are carried out."""

_LEAST = timedelta(days=7)


@dataclass(frozen=True, slots=True, config=STRICT)
class Retention:
    """After how long something is erased; "" for never. A duration is written as in `730d`.

    `closed_tickets` is what closed tickets say, `raw_mail` the bytes of mails that were taken in,
    `dropped` mails that somebody dropped, `spool_traces` why mails went their way, `outbox` what
    outgoing mails said, `audit` the lines of the audit trail.
    """

    closed_tickets: str = ""
    raw_mail: str = ""
    dropped: str = ""
    spool_traces: str = ""
    outbox: str = ""
    audit: str = ""

    def terms(self) -> dict[str, timedelta]:
        """Give those that are set, by their keys."""
        said = ((key, str(getattr(self, key))) for key in KEYS)
        return {key: duration.parse(text) for key, text in said if text}


def check_retention(file: TomlFile, retention: Retention) -> Iterator[Finding]:
    """Find what is no duration, or so short that it would erase what is being worked on."""
    for key in KEYS:
        text = str(getattr(retention, key))
        try:
            length = duration.parse(text) if text else _LEAST
        except (ValueError, OverflowError):
            yield file.finding(
                f'"{key}" must be a duration such as "730d", or "" for ever', "retention", key
            )
            continue
        if length < _LEAST:
            yield file.finding(f'"{key}" must be at least "{_LEAST.days}d"', "retention", key)
