"""A template's syntax tree as one row of pieces: what is written, and what comes between."""

from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import Environment, nodes


@dataclass(frozen=True, slots=True)
class Said:
    """An expression: the one at `place` of what an output node says."""

    node: nodes.Output
    place: int

    @property
    def line(self) -> int:
        """Give its line."""
        return self.node.nodes[self.place].lineno

    def through(self, name: str, environment: Environment) -> None:
        """Send what it says through a filter."""
        told = self.node.nodes[self.place]
        piped = nodes.Filter(told, name, [], [], None, None)
        piped.set_lineno(told.lineno)
        piped.set_environment(environment)
        self.node.nodes[self.place] = piped


@dataclass(frozen=True, slots=True)
class Turn:
    """Where an `{% if %}` or `{% for %}` begins, goes over to its next branch, or ends."""

    line: int
    begins: bool = False
    ends: bool = False


Piece = nodes.TemplateData | Said | Turn


def pieces(body: list[nodes.Node]) -> Iterator[Piece]:
    """Give all of a template in the order in which it is written."""
    for node in body:
        if isinstance(node, nodes.Output):
            for place, one in enumerate(node.nodes):
                yield one if isinstance(one, nodes.TemplateData) else Said(node, place)
        elif isinstance(node, nodes.If | nodes.For):
            yield Turn(node.lineno, begins=True)
            for branch in _branches(node):
                yield from pieces(branch)
                yield Turn(node.lineno)
            yield Turn(node.lineno, ends=True)


def _branches(node: nodes.If | nodes.For) -> Iterator[list[nodes.Node]]:
    yield node.body
    if isinstance(node, nodes.If):
        for other in node.elif_:
            yield other.body
    yield node.else_
