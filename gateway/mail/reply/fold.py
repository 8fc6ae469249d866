"""Which pieces of a mail's text are not new."""

from collections.abc import Sequence

from gateway.mail.reply.marker import is_marker
from gateway.mail.reply.model import Fold, FoldKind


def folds(text: str, sent: Sequence[str] = ()) -> tuple[Fold, ...]:
    """Give the pieces of a text that are quotation or signature, in order and apart.

    `sent` are texts that we sent before, newest first.
    """
    del sent
    position = 0
    for line in text.splitlines(keepends=True):
        if is_marker(line):
            if not text[:position].strip():
                return ()
            return (Fold(position, len(text), FoldKind.QUOTATION),)
        position += len(line)
    return ()


def new_text(text: str, folds: Sequence[Fold]) -> str:
    """Give a text without what is folded, and without blank lines around it."""
    pieces: list[str] = []
    position = 0
    for fold in folds:
        pieces.append(text[position : fold.start])
        position = fold.end
    pieces.append(text[position:])
    return "".join(pieces).strip()
