"""Whether a template of HTML is sound, and where in it values stand.

What a template writes is read as a browser would, branch by branch, before any value is there. So
it is certain that a value stands only where it is text, or in an attribute that it cannot leave.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from jinja2 import nodes

from gateway.templates.elements import (
    BLOCKS,
    ELEMENTS,
    EMPTY,
    FRAME,
    LITERAL,
    PARENTS,
    TAKING_VALUES,
    WITHOUT_TEXT,
    attributes,
    why_refused,
)
from gateway.templates.language import Fault
from gateway.templates.pieces import Piece, Said, Turn

LINK = "whole link"
LINK_PART = "part of a link"
IN_ATTRIBUTE = "in an attribute"
"""The filters that values in attributes go through; a template cannot write a name with a blank."""

_MARK = "\0"
_MOST_FAULTS = 50
_DEEPEST = 60
_END_OF_TAG = re.compile("[\"'>]")
_CLOSING = re.compile(r"</([a-zA-Z][a-zA-Z0-9]*)\s*>")
_NAME = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)")
_ATTRIBUTE = re.compile(r'\s+([a-zA-Z][a-zA-Z-]*)\s*=\s*"([^"]*)"')
_REST = re.compile(r"\s*/?>")
_LINK_BEGINS = re.compile(r"https?://|mailto:", re.IGNORECASE)
_HARMFUL_STYLE = re.compile(r"url\s*\(|@import|expression\s*\(|behavior\s*:|\\|<", re.IGNORECASE)


class _Open(NamedTuple):
    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Markup:
    """What is wrong in a template, and which values stand in attributes.

    `through` are these with the filters that they have to go through, `in_attributes` their places
    among the pieces.
    """

    faults: tuple[Fault, ...]
    through: tuple[tuple[Said, str], ...]
    in_attributes: frozenset[int]


def read(pieces: Iterable[Piece], *, document: bool) -> Markup:
    """Read a whole document, or a part of one."""
    reader = _Reader(document)
    inside = set()
    for place, piece in enumerate(pieces):
        if isinstance(piece, nodes.TemplateData):
            reader.data(piece.data, piece.lineno)
        elif isinstance(piece, Said):
            reader.value(piece)
        else:
            reader.turn(piece)
        if reader.tag and not isinstance(piece, nodes.TemplateData):
            inside.add(place)
    reader.end()
    faults = tuple(dict.fromkeys(reader.faults))
    return Markup(faults, tuple(reader.through), frozenset(inside))


@dataclass(slots=True)
class _Reader:
    """Where in the document we are: which elements are open, and what of a tag was read."""

    document: bool
    faults: list[Fault] = field(default_factory=list)
    through: list[tuple[Said, str]] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    tag: list[str] = field(default_factory=list)
    quote: str = ""
    literal: str = ""
    line: int = 0
    pending: list[Said] = field(default_factory=list)
    branches: list[list[_Open]] = field(default_factory=list)
    bodies: int = 0

    def fault(self, line: int, message: str) -> None:
        self.faults.append(Fault(line, message))

    def data(self, text: str, line: int) -> None:
        text = text.replace(_MARK, " ")
        position = 0
        while position < len(text) and len(self.faults) < _MOST_FAULTS:
            at = line + text.count("\n", 0, position)
            if self.literal:
                position = self._literal(text, position, at)
            elif self.tag:
                position = self._tag(text, position)
            else:
                position = self._text(text, position, at)

    def value(self, said: Said) -> None:
        if self.literal:
            self.fault(said.line, f"no value can stand in <{self.literal}>")
        elif self.tag:
            self.tag.append(_MARK)
            self.pending.append(said)
        else:
            self._written(said.line)

    def turn(self, turn: Turn) -> None:
        if self.tag or self.literal:
            self.fault(turn.line, "{% if %} and {% for %} stand between tags, not in one")
            return
        if turn.begins:
            self.branches.append(list(self.open))
            return
        before = self.branches[-1]
        if [one.name for one in self.open] != [one.name for one in before]:
            self.fault(turn.line, "what a branch opens it has to close, and nothing else")
            self.open = list(before)
        if turn.ends:
            self.branches.pop()

    def end(self) -> None:
        if self.tag:
            self.fault(self.line, "a tag has no end")
        for one in self.open:
            self.fault(one.line, f"<{one.name}> is not closed")
        if self.document and self.bodies != 1:
            self.fault(1, "a whole document has one <body>")

    def _text(self, text: str, position: int, line: int) -> int:
        end = text.find("<", position)
        end = len(text) if end < 0 else end
        if text[position:end].strip():
            self._written(line)
        if end == len(text):
            return end
        line += text.count("\n", position, end)
        if text.startswith("<!--", end):
            self.fault(line, "a comment is written as {# ... #}, and not sent")
            after = text.find("-->", end)
            return len(text) if after < 0 else after + 3
        self.tag, self.line = ["<"], line
        return end + 1

    def _written(self, line: int) -> None:
        inside = self.open[-1].name if self.open else ""
        if inside in WITHOUT_TEXT or (self.document and not inside):
            where = f"directly in <{inside}>" if inside else "outside of <body>"
            self.fault(line, f"no text can stand {where}")

    def _tag(self, text: str, position: int) -> int:
        if self.quote:
            end = text.find(self.quote, position)
        else:
            found = _END_OF_TAG.search(text, position)
            end = found.start() if found else -1
        if end < 0:
            self.tag.append(text[position:])
            return len(text)
        self.tag.append(text[position : end + 1])
        if self.quote:
            self.quote = ""
        elif text[end] != ">":
            self.quote = text[end]
        else:
            tag, values = "".join(self.tag), self.pending
            self.tag, self.pending = [], []
            self._complete(tag, values)
        return end + 1

    def _literal(self, text: str, position: int, line: int) -> int:
        end = text.lower().find(f"</{self.literal}", position)
        content = text[position:] if end < 0 else text[position:end]
        if self.literal == "style":
            self._check_style(content, line)
        if end < 0:
            return len(text)
        self.literal = ""
        return end

    def _complete(self, tag: str, values: list[Said]) -> None:
        """Take in one whole tag, in which a mark stands for each of the values."""
        if tag.lower() == "<!doctype html>":
            return
        if closing := _CLOSING.fullmatch(tag):
            self._close(closing[1].lower())
            return
        name = _NAME.match(tag)
        if name is None:
            self.fault(self.line, 'this is no tag; "<" as text is written as &lt;')
            return
        element, position = name[1].lower(), name.end()
        rest = iter(values)
        allowed = self._check_element(element)
        while attribute := _ATTRIBUTE.match(tag, position):
            key, value = attribute[1].lower(), attribute[2]
            taken = [next(rest) for _ in range(value.count(_MARK))]
            if allowed:
                self._check_attribute(element, key, value, taken)
            position = attribute.end()
        if not _REST.fullmatch(tag, position):
            self.fault(self.line, f'in <{element}> each attribute is written as name="value"')
        self._opened(element, closes_itself=tag.endswith("/>"))

    def _check_element(self, element: str) -> bool:
        if element not in ELEMENTS:
            self.fault(self.line, f"<{element}> is not allowed: {why_refused(element)}")
            return False
        inside = [one.name for one in self.open]
        parent = inside[-1] if inside else ""
        if element in FRAME and not self.document:
            self.fault(self.line, f"<{element}> stands in the layout, or in a whole document")
        elif element in PARENTS and parent not in PARENTS[element]:
            self.fault(
                self.line, f"<{element}> stands in <{'> or <'.join(sorted(PARENTS[element]))}>"
            )
        elif element in BLOCKS and parent in WITHOUT_TEXT and element != "li":
            self.fault(self.line, f"<{element}> cannot stand directly in <{parent}>")
        elif element in BLOCKS and "p" in inside:
            self.fault(self.line, f"<{element}> cannot stand in <p>")
        return True

    def _check_attribute(self, element: str, key: str, value: str, values: list[Said]) -> None:
        if key not in attributes(element):
            self.fault(self.line, f'<{element}> cannot have "{key}" in a mail')
        elif values and key not in TAKING_VALUES:
            self.fault(self.line, f'no value can stand in "{key}"')
        elif key == "style":
            self._check_style(value, self.line)
        elif key == "href":
            self._check_link(value, values)
        else:
            self.through += [(one, IN_ATTRIBUTE) for one in values]

    def _check_link(self, value: str, values: list[Said]) -> None:
        if value == _MARK:
            self.through.append((values[0], LINK))
        elif _LINK_BEGINS.match(value):
            self.through += [(one, LINK_PART) for one in values]
        else:
            self.fault(
                self.line, "a link begins with https://, http:// or mailto:, or is one value alone"
            )

    def _check_style(self, style: str, line: int) -> None:
        if found := _HARMFUL_STYLE.search(style):
            line += style.count("\n", 0, found.start())
            self.fault(line, f'"{found[0]}" is not allowed in a style: nothing is fetched or run')

    def _opened(self, element: str, *, closes_itself: bool) -> None:
        if element == "body":
            self.bodies += 1
        if element in EMPTY:
            return
        if closes_itself:
            self.fault(self.line, f"<{element}> does not end by itself: write </{element}>")
            return
        if len(self.open) == _DEEPEST:
            self.fault(self.line, "this is nested too deeply")
            return
        self.open.append(_Open(element, self.line))
        if element in LITERAL:
            self.literal = element

    def _close(self, element: str) -> None:
        if self.open and self.open[-1].name == element:
            self.open.pop()
            return
        names = [one.name for one in self.open]
        if element in names:
            self.fault(self.line, f"</{element}> stands before </{names[-1]}>")
            del self.open[len(names) - 1 - names[::-1].index(element) :]
        else:
            self.fault(self.line, f"</{element}> closes nothing that is open")
