"""What comes of comparing one thing that a mail's source expects with what was read."""

from dataclasses import dataclass
from enum import StrEnum


class How(StrEnum):
    """In what way a mail differs from what its source expects."""

    OTHER = "other"
    MORE = "more"  # all that was expected, and something else
    LESS = "less"  # a part of what was expected
    NONE = "none"  # nothing where something was expected
    SIGNATURE = "signature"  # the same but for what was folded as a signature
    INLINE = "inline"  # the same but for what is shown within the text
    KIND = "kind"  # another kind of mail


@dataclass(frozen=True, slots=True)
class Verdict:
    """One comparison: `how` is None where both agree.

    `expected` and `got` are for people to read; `what` is the mail's name.
    """

    what: str
    corpus: str
    check: str
    how: How | None
    expected: str
    got: str
