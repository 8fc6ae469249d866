"""The filters that templates may use: a closed list, each of them bounded and without side effect.

Jinja's own are not offered: `replace`, `join`, `center` and others multiply a text's length.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from jinja2 import pass_context, pass_eval_context
from jinja2.exceptions import FilterArgumentError
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from markupsafe import Markup, escape

from gateway.templates import written
from gateway.templates.values import Value
from gateway.templates.written import FORMATS, Format, Reader

READER = "who reads"
"""What the rendering's `Reader` is called among its values; no template can write this name."""

_LONGEST_SEPARATOR = 16
_WIDEST_INDENT = 20
_MOST_COUNTED = 10**15
_LINK = re.compile(r"https?://[^\s<>\"'`\\^{|}]{1,2000}")
_NOT_OF_A_LINK = ".,;:!?)]*"


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
    text, most = _text(value), _whole(length)
    return text if len(text) <= most else text[: max(most - 1, 0)].rstrip() + "…"


def _indent(value: Value, width: Value) -> str:
    """Put `width` blanks before each line, the first one too."""
    blanks = " " * _whole(width, _WIDEST_INDENT)
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


@pass_context
def _date(context: Context, value: Value, how: Value = "long") -> str:
    """Write the day of a time: short, medium, long or full."""
    moment = _moment(value)
    return written.date(moment, _format(how), _reader(context)) if moment else ""


@pass_context
def _time(context: Context, value: Value) -> str:
    """Write the time of day."""
    moment = _moment(value)
    return written.time(moment, _reader(context)) if moment else ""


@pass_context
def _datetime(context: Context, value: Value, how: Value = "long") -> str:
    """Write day and time."""
    moment = _moment(value)
    return written.date_and_time(moment, _format(how), _reader(context)) if moment else ""


@pass_context
def _duration(context: Context, value: Value) -> str:
    """Write a length of time in days, hours and minutes."""
    if value == "":
        return ""
    if not isinstance(value, timedelta):
        raise FilterArgumentError("this filter takes a length of time")
    return written.duration(value, _reader(context))


@pass_context
def _number(context: Context, value: Value) -> str:
    """Write a number with the marks of the language."""
    return written.number(_counted(value), _reader(context))


@pass_context
def _plural(context: Context, value: Value, *forms: Value) -> str:
    """Write a count, or the length of a list, with the form of the word that belongs to it."""
    count = len(value) if isinstance(value, tuple) else _counted(value)
    return written.counted(count, tuple(_text(form) for form in forms), _reader(context))


@pass_eval_context
def _lines(evaluation: EvalContext, value: Value) -> str:
    """Keep a text's lines and indents, and make its links work, in HTML; in text it stays."""
    text = _text(value)
    if not evaluation.autoescape:
        return text
    pieces: list[str] = []
    position = 0
    for found in _LINK.finditer(text):
        link = found[0].rstrip(_NOT_OF_A_LINK)
        pieces.append(_broken(text[position : found.start()]))
        pieces.append(f'<a href="{escape(link)}">{escape(link)}</a>')
        position = found.start() + len(link)
    pieces.append(_broken(text[position:]))
    return Markup("".join(pieces))  # noqa: S704  all of it is escaped above


def _broken(text: str) -> str:
    """Write a text in HTML so that its lines begin and are indented as they were."""
    kept = text.replace("\t", "    ").replace("  ", "\N{NO-BREAK SPACE} ")
    return str(escape(kept)).replace("\n", "<br>\n")


FILTERS: Mapping[str, Callable[..., Value]] = {
    "date": _date,
    "datetime": _datetime,
    "default": _default,
    "duration": _duration,
    "indent": _indent,
    "join": _join,
    "length": _length,
    "lines": _lines,
    "lower": _lower,
    "number": _number,
    "plural": _plural,
    "quote": _quote,
    "time": _time,
    "trim": _trim,
    "truncate": _truncate,
    "upper": _upper,
}


def _text(value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return str(value)
    raise FilterArgumentError("this filter takes a text")


def _moment(value: Value) -> datetime | None:
    """Give a time, None for one that is not known."""
    if isinstance(value, datetime):
        return value
    if value == "":
        return None
    raise FilterArgumentError("this filter takes a time")


def _format(how: Value) -> Format:
    for known in FORMATS:
        if how == known:
            return known
    raise FilterArgumentError(f"a date is written in one of the ways {', '.join(FORMATS)}")


def _counted(value: Value) -> float:
    if isinstance(value, int | float) and abs(value) < _MOST_COUNTED:
        return value
    raise FilterArgumentError("this filter takes a number")


def _reader(context: Context) -> Reader:
    reader = context.get(READER)
    return reader if isinstance(reader, Reader) else Reader()


def _list(value: Value) -> tuple[Value, ...]:
    if isinstance(value, tuple):
        return value
    raise FilterArgumentError("this filter takes a list of values")


def _whole(value: Value, most: int = 1_000_000) -> int:
    if isinstance(value, int) and 0 <= value <= most:
        return value
    raise FilterArgumentError(f"this filter takes a number from 0 to {most}")
