"""Compile and render one template file under limits."""

import re
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import StrictUndefined, Template, nodes, pass_context
from jinja2.exceptions import SecurityError, TemplateError, TemplateSyntaxError
from jinja2.runtime import Context, LoopContext, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from gateway.errors import CasepostError, Finding, Misconfigured
from gateway.templates.filters import FILTERS
from gateway.templates.language import LOOP_PARTS, faults
from gateway.templates.values import Value

_LONGEST_SOURCE = 64 * 1024
_LONGEST_OUTPUT = 256 * 1024
_MOST_ROUNDS = 10_000
# Neither of these can be written in a template: a name has no blank.
_COUNTED = "counted loop"
_BUDGET = "loop budget"

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
    """A template file that has passed every check; `path` says where it comes from."""

    path: str
    template: Template

    def render(self, values: Mapping[str, Value]) -> str:
        """Render it; raises Failed, also where it would loop or grow without measure."""
        pieces: list[str] = []
        room = _LONGEST_OUTPUT
        try:
            for piece in self.template.generate({**values, _BUDGET: _Budget()}):
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


def compiled(source: str, path: str, samples: Sequence[Mapping[str, Value]]) -> Compiled:
    """Check, compile and try a template; the first of `samples` declares what it may say.

    Raises Misconfigured with all that is wrong in it.
    """
    if len(source.encode("utf-8", "replace")) > _LONGEST_SOURCE:
        raise _refused(path, 0, f"is larger than {_LONGEST_SOURCE} bytes")
    tree = _parsed(source, path)
    found = tuple(Finding(path, fault.line, fault.message) for fault in faults(tree, samples[0]))
    if found:
        raise Misconfigured(tuple(dict.fromkeys(found)))
    for loop in list(tree.find_all(nodes.For)):
        _count(loop)
    try:
        code = _SANDBOX.compile(tree, path, path)
    except (*_FAILURES, *_TOO_DEEP, SyntaxError) as error:
        raise _refused(path, 0, "is too deep or too large to compile") from error
    result = Compiled(path, Template.from_code(_SANDBOX, code, {}))
    for sample in samples:
        try:
            result.render(sample)
        except Failed as failed:
            raise _refused(path, failed.line, str(failed)) from failed
    return result


def _parsed(source: str, path: str) -> nodes.Template:
    try:
        return _SANDBOX.parse(source, path, path)
    except TemplateSyntaxError as error:
        raise _refused(path, error.lineno, error.message or "is no template") from None
    except _TOO_DEEP:
        raise _refused(path, 0, "this is nested too deeply") from None
    except ValueError:
        raise _refused(path, 0, "has a number in it that is too long") from None


def _count(loop: nodes.For) -> None:
    """Send what a loop goes over through the budget of its rendering."""
    counted = nodes.Filter(loop.iter, _COUNTED, [], [], None, None)
    counted.set_lineno(loop.lineno)
    counted.set_environment(_SANDBOX)
    loop.iter = counted


class _Budget:
    """How many rounds all loops of one rendering may still make."""

    def __init__(self) -> None:
        self.rounds = _MOST_ROUNDS


@pass_context
def _counted(context: Context, value: Value) -> tuple[Value, ...]:
    budget = context[_BUDGET]
    if not isinstance(value, tuple):
        raise SecurityError("{% for %} goes over a list of values, and this is none")
    budget.rounds -= len(value)
    if budget.rounds < 0:
        raise SecurityError(f"makes more than {_MOST_ROUNDS} rounds in its loops")
    return value


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, narrower: only our own values have parts, and nothing can be computed.

    `language` refuses what cannot be allowed before it is compiled; this is the second fence.
    """

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})
    intercepted_unops = frozenset({"+", "-"})

    def __init__(self) -> None:
        super().__init__(
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            autoescape=False,
        )
        self.globals.clear()
        self.tests.clear()
        self.filters.clear()
        self.filters.update(FILTERS)
        self.filters[_COUNTED] = _counted

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401  Jinja's signature
        if isinstance(obj, LoopContext) and attribute in LOOP_PARTS:
            return super().getattr(obj, attribute)
        return self._part(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:  # noqa: ANN401  Jinja's signature
        return self._part(obj, argument)

    def _part(self, obj: object, part: object) -> object:
        if isinstance(obj, Undefined):
            return getattr(obj, "anything")  # noqa: B009  a strict one raises, with its name
        if isinstance(obj, Mapping) and isinstance(part, str) and part in obj:
            return obj[part]
        if isinstance(obj, tuple) and isinstance(part, int) and 0 <= part < len(obj):
            return obj[part]
        raise SecurityError(f'there is no "{part}" in this value')

    def call_binop(self, *_operands: object) -> Any:  # noqa: ANN401  Jinja's signature
        raise SecurityError("arithmetic is not allowed in a template")

    def call_unop(self, *_operands: object) -> Any:  # noqa: ANN401  Jinja's signature
        raise SecurityError("arithmetic is not allowed in a template")

    def call(self, *_arguments: object, **_named: object) -> Any:  # noqa: ANN401  Jinja's signature
        raise SecurityError("calling something is not allowed in a template")


_SANDBOX = _Sandbox()


def _clean(text: str) -> str:
    """Take out what a mail cannot carry: control characters and lone surrogates."""
    sound = text.encode("utf-8", "replace").decode("utf-8")
    return _CONTROL.sub("", sound)


def _refused(path: str, line: int, message: str) -> Misconfigured:
    return Misconfigured((Finding(path, line, message),))
