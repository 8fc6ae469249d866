"""Jinja, narrowed to what a mail needs: one environment for text and one for HTML."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from jinja2 import StrictUndefined, pass_context
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, LoopContext, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from gateway.templates.filters import FILTERS
from gateway.templates.language import LOOP_PARTS
from gateway.templates.markup import IN_ATTRIBUTE, LINK, LINK_PART
from gateway.templates.values import Value

# Neither of these can be written in a template: a name has no blank.
COUNTED = "counted loop"
"""The filter that what a loop goes over is sent through."""

BUDGET = "loop budget"
"""What a rendering's `Budget` is called among its values."""

MOST_ROUNDS = 10_000
_WHOLE_LINK = re.compile(r"(?:https?://|mailto:)[^\s<>\"'\\]{1,2000}", re.IGNORECASE)


class Budget:
    """How many rounds all loops of one rendering may still make."""

    def __init__(self) -> None:
        """Begin with all of them."""
        self.rounds = MOST_ROUNDS


@pass_context
def _counted(context: Context, value: Value) -> tuple[Value, ...]:
    budget = context[BUDGET]
    if not isinstance(value, tuple):
        raise SecurityError("{% for %} goes over a list of values, and this is none")
    budget.rounds -= len(value)
    if budget.rounds < 0:
        raise SecurityError(f"makes more than {MOST_ROUNDS} rounds in its loops")
    return value


def _link(value: Value) -> str:
    """Give a link that leads to a page or writes a mail; "" in place of any other."""
    return str(value) if isinstance(value, str) and _WHOLE_LINK.fullmatch(value) else ""


def _link_part(value: Value) -> str:
    """Write a value so that it adds nothing but itself to a link."""
    return quote(str(value), safe="@/~.-_", errors="replace")


def _in_attribute(value: Value) -> str:
    """Give a value as text: what is markup elsewhere is none in an attribute."""
    return str(value)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, narrower: only our own values have parts, and nothing can be computed.

    `language` refuses what cannot be allowed before it is compiled; this is the second fence.
    """

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})
    intercepted_unops = frozenset({"+", "-"})

    def __init__(self, *, html: bool) -> None:
        super().__init__(
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            autoescape=html,
        )
        self.globals.clear()
        self.tests.clear()
        self.filters.clear()
        self.filters.update(FILTERS)
        self.filters[COUNTED] = _counted
        self.filters[IN_ATTRIBUTE] = _in_attribute
        self.filters[LINK] = _link
        self.filters[LINK_PART] = _link_part

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


TEXT = _Sandbox(html=False)
"""For plain text."""

HTML = _Sandbox(html=True)
"""For HTML: whatever is a value is text there, and never markup."""
