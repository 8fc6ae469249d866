"""What a reply is cut into: the pieces of a text that are not new."""

from dataclasses import dataclass
from enum import StrEnum


class FoldKind(StrEnum):
    """Why a piece of a mail's text can be folded away."""

    QUOTATION = "quotation"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Fold:
    """The characters `start` to `end` (exclusive) of a text are not new; they stay in it."""

    start: int
    end: int
    kind: FoldKind
