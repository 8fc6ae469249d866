"""What a spam filter before us said of a mail, in the header fields that it adds.

Only fields that the operator names are looked at. Whoever writes one of them into a mail of their
own can only have it taken for spam.
"""

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

from gateway.config.settings import SpamMark
from gateway.mail.model import Mail

# Microsoft's spam confidence level runs from -1 to 9; from here on a mail counts as spam.
_LEAST_LEVEL = 5
_LONGEST = 4096


def marked_as_spam(mail: Mail, marks: Collection[SpamMark]) -> str:
    """Say which of these marks calls a mail spam, or "" if none does."""
    for mark in marks:
        for field in _FIELDS[mark]:
            for value in mail.all_headers(field):
                if _SAYS_SPAM[mark](value[:_LONGEST].strip().lower()):
                    return f"{field} says so"
    return ""


def _yes(value: str) -> bool:
    return value.replace(",", " ").replace(";", " ").split()[:1] == ["yes"]


def _level(value: str) -> bool:
    """Read the level itself, or the pairs of X-Forefront-Antispam-Report (`SCL:5;SFV:SPM;`)."""
    pairs = [pair.strip().partition(":") for pair in value.split(";")]
    levels = [found for name, _, found in pairs if name == "scl"] or [value]
    return any(
        level.isascii() and level.isdigit() and int(level) >= _LEAST_LEVEL for level in levels
    )


_FIELDS: Mapping[SpamMark, tuple[str, ...]] = MappingProxyType(
    {
        SpamMark.FLAG: ("x-spam-flag",),
        SpamMark.STATUS: ("x-spam-status",),
        SpamMark.SPAM: ("x-spam",),
        SpamMark.SCL: ("x-ms-exchange-organization-scl", "x-forefront-antispam-report"),
    }
)

_SAYS_SPAM: Mapping[SpamMark, Callable[[str], bool]] = MappingProxyType(
    {
        SpamMark.FLAG: _yes,
        SpamMark.STATUS: _yes,
        SpamMark.SPAM: _yes,
        SpamMark.SCL: _level,
    }
)
