"""Compile and render one template file under limits."""

import re
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jinja2 import Environment, Template, nodes
from jinja2.exceptions import TemplateError, TemplateSyntaxError

from gateway.errors import CasepostError, Finding, Misconfigured
from gateway.templates import environment
from gateway.templates.environment import BUDGET, COUNTED, Budget
from gateway.templates.filters import READER
from gateway.templates.language import Fault, faults
from gateway.templates.values import Value
from gateway.templates.written import Reader

_LONGEST_SOURCE = 64 * 1024
_LONGEST_OUTPUT = 512 * 1024
_LANGUAGE = "language"

# What Jinja and the code that it makes raise for a template that is wrong.
_FAILURES = (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
_TOO_DEEP = (RecursionError, MemoryError)


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Failed(CasepostError):
    """A template could not be rendered with the values at hand; `line` is 0 if unknown."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Compiled:
    """A template file that has passed every check; `path` says where it comes from.

    `names` are those of the values that it says.
    """

    path: str
    template: Template
    names: frozenset[str]

    def render(self, values: Mapping[str, Value], reader: Reader) -> str:
        """Render it; raises Failed, also where it would loop or grow without measure."""
        pieces: list[str] = []
        room = _LONGEST_OUTPUT
        given = {**values, _LANGUAGE: reader.language, READER: reader, BUDGET: Budget()}
        try:
            for piece in self.template.generate(given):
                room -= len(piece)
                if room < 0:
                    raise Failed(0, f"comes out longer than {_LONGEST_OUTPUT} characters")
                pieces.append(piece)
        except _FAILURES as error:
            raise Failed(self._line(error), str(error)) from error
        except _TOO_DEEP as error:
            raise Failed(self._line(error), "is too large or too deep to render") from error
        return _clean("".join(pieces))

    def _line(self, error: BaseException) -> int:
        """Find the line of the template; Jinja puts it into the traceback."""
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if frame.filename == self.path]
        return (lines[-1] or 0) if lines else 0


@dataclass(frozen=True, slots=True)
class Written:
    """A template as its file says it; `path` is that file."""

    path: str
    source: str

    def finding(self, fault: Fault) -> Finding:
        """Say what is wrong in it, with the column where the word at fault stands there once."""
        lines = self.source.split("\n")
        line = lines[fault.line - 1] if 0 < fault.line <= len(lines) else ""
        places = [m.start() for m in re.finditer(rf"\b{re.escape(fault.word)}\b", line)]
        column = places[0] + 1 if fault.word and len(places) == 1 else 0
        return Finding(self.path, fault.line, fault.message, column)

    def refused(self, line: int, message: str) -> Misconfigured:
        """Give the error that refuses it for one reason."""
        return Misconfigured((Finding(self.path, line, message),))


def compiled(source: str, path: str, samples: Sequence[Mapping[str, Value]]) -> Compiled:
    """Check, compile and try a template of text; the first of `samples` declares its values.

    Raises Misconfigured with all that is wrong in it.
    """
    written = Written(path, source)
    tree = parsed(written, environment.TEXT)
    found = tuple(written.finding(fault) for fault in faults(tree, declared(samples)))
    if found:
        raise Misconfigured(tuple(dict.fromkeys(found)))
    return finished(written, tree, environment.TEXT)


def declared(samples: Sequence[Mapping[str, Value]]) -> Mapping[str, Value]:
    """Give what a template may say: its values, and the language that it is in."""
    return {**samples[0], _LANGUAGE: Reader().language}


def parsed(written: Written, jinja: Environment) -> nodes.Template:
    """Give a template's syntax tree; raises Misconfigured where it has none."""
    if len(written.source.encode("utf-8", "replace")) > _LONGEST_SOURCE:
        raise written.refused(0, f"is larger than {_LONGEST_SOURCE} bytes")
    try:
        return jinja.parse(written.source, written.path, written.path)
    except TemplateSyntaxError as error:
        raise written.refused(error.lineno, error.message or "is no template") from None
    except _TOO_DEEP:
        raise written.refused(0, "this is nested too deeply") from None
    except ValueError:
        raise written.refused(0, "has a number in it that is too long") from None


def finished(written: Written, tree: nodes.Template, jinja: Environment) -> Compiled:
    """Compile a tree that has passed every check; raises Misconfigured where it is too large."""
    names = frozenset(one.name for one in tree.find_all(nodes.Name))
    for loop in list(tree.find_all(nodes.For)):
        _count(loop, jinja)
    try:
        code = jinja.compile(tree, written.path, written.path)
    except (*_FAILURES, *_TOO_DEEP, SyntaxError) as error:
        raise written.refused(0, "is too deep or too large to compile") from error
    return Compiled(written.path, Template.from_code(jinja, code, {}), names)


def tried(one: Compiled, samples: Sequence[Mapping[str, Value]], reader: Reader) -> list[str]:
    """Render a template with examples; raises Misconfigured where it fails with one of them."""
    outcomes = []
    for sample in samples:
        try:
            outcomes.append(one.render(sample, reader))
        except Failed as failed:
            finding = Finding(one.path, failed.line, str(failed))
            raise Misconfigured((finding,)) from failed
    return outcomes


def _count(loop: nodes.For, jinja: Environment) -> None:
    """Send what a loop goes over through the budget of its rendering."""
    counted = nodes.Filter(loop.iter, COUNTED, [], [], None, None)
    counted.set_lineno(loop.lineno)
    counted.set_environment(jinja)
    loop.iter = counted


def _clean(text: str) -> str:
    """Take out what a mail cannot carry: control characters and lone surrogates."""
    sound = text.encode("utf-8", "replace").decode("utf-8")
    return _CONTROL.sub("", sound)
