"""The styles of an HTML template, put on the elements that they are for.

Many programs leave out what stands in `<style>`; what depends on the screen or its colours stays
there, for those that do not. It is done once, when a template is compiled, and before any value is
in it.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from jinja2 import nodes

from gateway.templates.pieces import Piece

if TYPE_CHECKING:
    from css_inline import CSSInliner

# What stands for a value or branch while the styles are moved: in an attribute, or as a comment.
_IN_ATTRIBUTE = "casepost-mark-{}-"
_AS_COMMENT = "<!--casepost-mark-{}--->"
_MARKS = re.compile(r"<!--casepost-mark-(\d+)--->|casepost-mark-(\d+)-")


class NotInlined(Exception):
    """The styles of a template cannot be put on its elements."""


def inline(pieces: Sequence[Piece], in_attributes: frozenset[int]) -> None:
    """Put a whole document's styles on its elements; raises NotInlined.

    The pieces are changed in place. `in_attributes` are those that stand in an attribute.
    """
    document = "".join(
        piece.data
        if isinstance(piece, nodes.TemplateData)
        else (_IN_ATTRIBUTE if place in in_attributes else _AS_COMMENT).format(place)
        for place, piece in enumerate(pieces)
    )
    written = _inlined(document)
    for place, text in _between(written, pieces):
        piece = pieces[place] if place < len(pieces) else None
        if not isinstance(piece, nodes.TemplateData):
            raise NotInlined("what stands in a table or list is out of order")
        piece.data = text


def _between(written: str, pieces: Sequence[Piece]) -> list[tuple[int, str]]:
    """Give the text for each place of written data; what is in none has to be empty."""
    marks = [p for p, piece in enumerate(pieces) if not isinstance(piece, nodes.TemplateData)]
    parts = _MARKS.split(written)
    texts = parts[::3]
    found = [int(a or b) for a, b in zip(parts[1::3], parts[2::3], strict=True)]
    if found != marks:
        raise NotInlined("what stands in a table or list is out of order")
    given = dict.fromkeys(
        (p for p, piece in enumerate(pieces) if isinstance(piece, nodes.TemplateData)), ""
    )
    for before, text in zip((-1, *marks), texts, strict=True):
        # The first piece after a mark is written data, unless nothing is written there.
        if text:
            given[before + 1] = text
    return list(given.items())


@lru_cache(maxsize=256)
def _inlined(document: str) -> str:
    try:
        return _inliner().inline(document)
    except ValueError as error:
        raise NotInlined(f"the styles are not sound: {error}") from error


@lru_cache(maxsize=1)
def _inliner() -> "CSSInliner":
    from css_inline import CSSInliner  # noqa: PLC0415  only who compiles HTML pays for it

    return CSSInliner(
        load_remote_stylesheets=False,
        keep_at_rules=True,
        minify_css=True,
        apply_width_attributes=True,
    )
