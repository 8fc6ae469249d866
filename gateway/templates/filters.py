"""The filters that templates may use: a closed list, each of them bounded and without side effect.

Jinja's own are not offered: `replace`, `join`, `center` and others multiply a text's length.
"""

from collections.abc import Callable, Mapping

from jinja2.exceptions import FilterArgumentError

from gateway.templates.values import Value

_LONGEST_SEPARATOR = 16
_WIDEST_INDENT = 20


def _upper(value: Value) -> str:
    return _text(value).upper()


def _lower(value: Value) -> str:
    return _text(value).lower()


def _trim(value: Value) -> str:
    return _text(value).strip()


def _default(value: Value, instead: Value) -> str:
    """Give `instead` for an empty text."""
    return _text(value) or _text(instead)


def _truncate(value: Value, length: Value) -> str:
    """Cut a text to at most `length` characters, the last of them an ellipsis if it was longer."""
    text, most = _text(value), _number(length)
    return text if len(text) <= most else text[: max(most - 1, 0)].rstrip() + "…"


def _indent(value: Value, width: Value) -> str:
    """Put `width` blanks before each line, the first one too."""
    blanks = " " * _number(width, _WIDEST_INDENT)
    return "\n".join(blanks + line if line else line for line in _text(value).split("\n"))


def _quote(value: Value) -> str:
    """Put `> ` before each line, as a mail quotes what it answers."""
    return "\n".join(f"> {line}".rstrip() for line in _text(value).split("\n"))


def _join(value: Value, separator: Value = ", ") -> str:
    between = _text(separator)
    if len(between) > _LONGEST_SEPARATOR:
        raise FilterArgumentError(f"a separator has at most {_LONGEST_SEPARATOR} characters")
    return between.join(_text(one) for one in _list(value))


def _length(value: Value) -> int:
    return len(_list(value))


FILTERS: Mapping[str, Callable[..., Value]] = {
    "default": _default,
    "indent": _indent,
    "join": _join,
    "length": _length,
    "lower": _lower,
    "quote": _quote,
    "trim": _trim,
    "truncate": _truncate,
    "upper": _upper,
}


def _text(value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    raise FilterArgumentError("this filter takes a text")


def _list(value: Value) -> tuple[Value, ...]:
    if isinstance(value, tuple):
        return value
    raise FilterArgumentError("this filter takes a list of values")


def _number(value: Value, most: int = 1_000_000) -> int:
    if isinstance(value, int) and 0 <= value <= most:
        return value
    raise FilterArgumentError(f"this filter takes a number from 0 to {most}")
