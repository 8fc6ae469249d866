"""What a template may say: the values that each kind of mail offers, by example.

The examples are the declaration. A name that is not here is unknown to a template, and each
template is rendered with them once when it is loaded.
"""

from collections.abc import Mapping
from typing import TypeAlias

Value: TypeAlias = str | int | tuple["Value", ...] | Mapping[str, "Value"]

# Every desk needs these, in each of its languages, and those that its timers send.
REQUIRED = ("customer/acknowledge",)

_CUSTOMER: Mapping[str, Value] = {
    "desk": {"title": "Support", "address": "support@desk.example"},
    "ticket": {"number": "AC-000018", "status": "Open"},
    # Empty unless the sender's domain vouches for the mail: strangers' words are not repeated.
    "subject": "Rapport opent niet",
    "person": {"name": "Jan Jansen"},
}


def samples(_name: str) -> tuple[Mapping[str, Value], ...]:
    """Give the sets of example values for a template such as `customer/acknowledge`.

    The first is full; in the second everything that may be empty is.
    """
    return (_CUSTOMER, {**_CUSTOMER, "subject": "", "person": {"name": ""}})
