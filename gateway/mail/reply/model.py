"""What a reply is cut into: the pieces of a text that are not new, and what they leave."""

from collections.abc import Sequence
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


def new_text(text: str, folds: Sequence[Fold]) -> str:
    """Give a text without what is folded, and without blank lines around it."""
    pieces: list[str] = []
    position = 0
    for fold in folds:
        pieces.append(text[position : fold.start])
        position = fold.end
    pieces.append(text[position:])
    return "".join(pieces).strip()
