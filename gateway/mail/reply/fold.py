"""Which pieces of a mail's text are not new."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from gateway.mail.client_words import Word
from gateway.mail.reply import patterns
from gateway.mail.reply.closing import is_closing, is_greeting
from gateway.mail.reply.header_block import field
from gateway.mail.reply.layout import Is, Layout, lay_out
from gateway.mail.reply.lines import Lines, split
from gateway.mail.reply.model import Fold, FoldKind, new_text
from gateway.mail.reply.signature import signature_start

_MARK = re.compile(r"^[ \t]{0,3}>", re.MULTILINE)
_WORD = re.compile(r"\w{1,60}|[^\w\s]")
# A quotation with fewer is the rest of one, or of a signature.
_FEWEST_WORDS = 6


@dataclass(frozen=True, slots=True)
class _Piece:
    """Lines that follow each other and are all new or all quoted; `signed` is where they sign."""

    first: int
    end: int
    is_new: bool
    signed: int


def folds(text: str, sent: Sequence[str] = ()) -> tuple[Fold, ...]:
    """Give the pieces of a text that are quotation or signature, in order and apart.

    `sent` are texts that we sent before, newest first. Of a forward, and of answers between quoted
    lines, nothing is folded but the signature: they cannot be understood without the rest. A text
    with nothing new in it keeps all that does not bear quotation marks. What a gateway put above
    a text is folded like what one put below it, as a signature.
    """
    return _folds(text, tuple(sent))


# What the mails of a batch are like is told before what is new in each.
@lru_cache(maxsize=64)
def _folds(text: str, sent: tuple[str, ...]) -> tuple[Fold, ...]:
    lines = split(text)
    layout = lay_out(lines, sent)
    pieces = _pieces(lines, layout)
    is_kept = (
        _is_forward(lines, layout)
        or _is_quoted_by_hand(lines, layout, pieces)
        or _is_answered_inline(lines, pieces)
    )
    quotations = [
        Fold(
            _place(lines, piece.first) + layout.columns.get(piece.first, 0),
            _place(lines, piece.end),
            FoldKind.QUOTATION,
        )
        for piece in pieces
        if not piece.is_new and not is_kept
    ]
    signatures = [
        Fold(_place(lines, piece.signed), _place(lines, piece.end), FoldKind.SIGNATURE)
        for piece in pieces
        if piece.signed < piece.end
    ]
    if layout.top:
        signatures.append(Fold(0, _place(lines, layout.top), FoldKind.SIGNATURE))
    history: list[Fold] = []
    if layout.history < len(lines):
        start = lines.starts[layout.history] + layout.column
        history = [Fold(start, len(text), FoldKind.QUOTATION)]
    for some in ((*quotations, *signatures, *history), (*quotations, *history), quotations):
        found = tuple(sorted((fold for fold in some if fold.start < fold.end), key=_start))
        if new_text(text, found):
            return found
    return tuple(fold for fold in quotations if _MARK.search(text, fold.start, fold.end))


def _start(fold: Fold) -> int:
    return fold.start


def _place(lines: Lines, number: int) -> int:
    """Give where a line begins; the text may end without a line feed."""
    return min(lines.starts[number], lines.starts[-1])


def _pieces(lines: Lines, layout: Layout) -> list[_Piece]:
    """Put lines together; blank ones belong to what is above them."""
    end = min(layout.history + (layout.column > 0), len(lines))
    borders: list[tuple[int, bool]] = []
    for number in range(end):
        kind = layout.kinds[number]
        if kind is Is.BLANK:
            continue
        is_new = kind is not Is.QUOTED
        if not borders or borders[-1][1] is not is_new:
            borders.append((number, is_new))
    found: list[_Piece] = []
    for place, (first, is_new) in enumerate(borders):
        below = borders[place + 1][0] if place + 1 < len(borders) else layout.history
        below = max(below, first)
        # A signature ends the text, or what stands above the first quotation.
        signs = is_new and (place == 0 or place >= len(borders) - 2)
        signed = first + signature_start(lines.words[first:below]) if signs else below
        found.append(_Piece(first, below, is_new, signed))
    return found


def _is_forward(lines: Lines, layout: Layout) -> bool:
    """Say whether a text begins with the head of another mail."""
    first = lines.next_words(layout.top)
    return first < len(lines) and layout.kinds[first] is Is.FORWARDED


def _is_quoted_by_hand(lines: Lines, layout: Layout, pieces: Sequence[_Piece]) -> bool:
    """Say whether the author put marks before a few lines: no program said whom it quoted."""
    if layout.columns or layout.known:
        return False
    for piece in pieces:
        words = [line for line in lines.words[piece.first : piece.end] if line]
        if not piece.is_new and (len(words) >= patterns.FEWEST_QUOTED or any(map(_is_head, words))):
            return False
    return True


def _is_head(words: str) -> bool:
    """Say whether a line belongs to the head of a mail: who wrote it, or when."""
    one = field(words)
    is_field = one is not None and one[0] in {Word.FROM, Word.DATE}
    return is_field or patterns.introduces(words)


def _is_answered_inline(lines: Lines, pieces: Sequence[_Piece]) -> bool:
    """Say whether what is new stands between quoted lines.

    Below a single quotation it is one answer, whatever greeting stands above it.
    """
    first = next((place for place, piece in enumerate(pieces) if not piece.is_new), len(pieces))
    is_below_text = first > 0 and not is_greeting(_said(lines, pieces[0]))
    is_answered = False
    for piece in pieces[first:]:
        if piece.is_new and _says_something(lines, piece):
            if is_answered or is_below_text:
                return True
            is_answered = True
        elif not piece.is_new and is_answered and _quotes_something(lines, piece):
            return True
    return False


def _says_something(lines: Lines, piece: _Piece) -> bool:
    said = [words for words in lines.words[piece.first : piece.signed] if words]
    return bool(said) and not is_closing(re.split(r"[,\-\u2013]", said[0])[0])


def _said(lines: Lines, piece: _Piece) -> str:
    """Give the beginning of what a piece says, its signature apart."""
    return " ".join(words for words in lines.words[piece.first : piece.signed] if words)[:200]


def _quotes_something(lines: Lines, piece: _Piece) -> bool:
    """Say whether a quotation is more than what was left of a signature."""
    words = lines.words[piece.first : piece.end]
    left = " ".join(words[: signature_start(words)])[:200]
    return len(_WORD.findall(left)) >= _FEWEST_WORDS
