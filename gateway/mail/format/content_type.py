"""MIME header values with parameters: Content-Type and Content-Disposition (RFC 2045, 2183, 2231).

Linear in the length of the value and bounded in the number of parameters; values that break the
grammar give what can be made of them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import unquote_to_bytes

from gateway.mail.format import fields
from gateway.mail.format.charset import clean_line, decode

MAX_PARAMETERS = 128
# Parameters, and words that are none.
_MAX_STEPS = 512

_GAP = re.compile(r"[;\s]+")
_NAME = re.compile(r"([^\s=;\"]{1,100})\s*=\s*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"', re.DOTALL)
# Where a semicolon was forgotten, only a name that is known begins a parameter: unquoted file names
# have blanks and may have equals signs.
_FORGOTTEN = re.compile(
    r"[\s\"](?=(?:charset|boundary|format|delsp|type|report-type|method|(?:file)?name(?:\*\d{0,3}\*?)?)="
    r"|(?:creation|modification|read)-date=|size=)",
    re.IGNORECASE,
)
_FOLD = re.compile(r"[\r\n]+[ \t]*")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_TOKEN = re.compile(r"[!#$%&'*+.^_`{|}~0-9a-z-]+")
_SECTION = re.compile(r"(.+?)\*(\d{1,3})(\*?)")


@dataclass(frozen=True, slots=True)
class Value:
    """A value in lower case and its parameters by lower-case name, decoded and unfolded."""

    value: str
    parameters: dict[str, str] = field(default_factory=dict)


def parse(raw: bytes, hint: str = "") -> Value:
    """Read `value; name=text; ...`; never raises.

    `hint` is what `charset.hint_of` gave for the mail's text, for bytes outside ASCII.
    """
    if not raw:
        return Value("")
    text = fields.unicode_of(raw, hint)
    head, _, _ = text.partition(";")
    value, forgotten, _ = clean_line(head.partition("(")[0]).lower().partition(" ")
    if not forgotten:
        if len(head) == len(text):
            return Value(value)
        return Value(value, _parameters(text[len(head) :]))
    return Value(value, _parameters(text[len(text) - len(text.lstrip()) + len(value) :]))


def media_type(value: str, default: str) -> str:
    """Give a Content-Type's value if it is `type/subtype`, else the default (RFC 2045 5.2)."""
    kind, slash, subtype = value.partition("/")
    good = slash and _TOKEN.fullmatch(kind) and _TOKEN.fullmatch(subtype) and len(value) <= 128
    return value if good else default


def _parameters(text: str) -> dict[str, str]:
    """Collect parameters: the first of a name wins, RFC 2231 forms win over plain ones."""
    plain: dict[str, str] = {}
    extended: dict[str, bytes] = {}
    labels: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for name, value in islice(_pairs(text), MAX_PARAMETERS):
        if "*" not in name:
            plain.setdefault(name, value)
            continue
        section = _SECTION.fullmatch(name)
        if section:
            parts = sections.setdefault(section.group(1), {})
            parts.setdefault(int(section.group(2)), (value, bool(section.group(3))))
        elif name.endswith("*"):
            labels[name[:-1]], extended[name[:-1]] = _extended(value)
        else:
            plain.setdefault(name, value)
    for name, parts in sections.items():
        labels[name], extended[name] = _joined(parts)
    decoded = {name: decode(data, labels[name]) for name, data in extended.items()}
    for name, value in plain.items():
        decoded.setdefault(name, value)
    return {name: _text(value) for name, value in decoded.items()}


def _text(value: str) -> str:
    """Undo encoded words and folds in a parameter's value.

    RFC 2047 section 5 forbids encoded words here, and most mailers write them all the same; some
    cut them into the numbered pieces of RFC 2231.
    """
    if "=?" in value:
        value = fields.text(_bytes(value))
    return _FOLD.sub(" ", value)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Give names and values in order; a single pass, whatever is missing between them."""
    position = 0
    for _ in range(_MAX_STEPS):
        gap = _GAP.match(text, position)
        position = gap.end() if gap else position
        if position >= len(text):
            return
        name = _NAME.match(text, position)
        if name is None:
            # No parameter stands here: a comment, or a word that was left over.
            end = _GAP.search(text, position)
            position = end.start() if end else len(text)
            continue
        quoted = _QUOTED.match(text, name.end())
        if quoted is not None:
            # Windows paths are written with bare backslashes; only \\ and \" are escapes.
            value = _ESCAPED.sub(_unescape, quoted.group(1))
            position = quoted.end()
        else:
            value, position = _unquoted(text, name.end())
        yield name.group(1).lower(), value


def _unquoted(text: str, start: int) -> tuple[str, int]:
    """Read a value to the next semicolon, or to a parameter that has none before it."""
    semicolon = text.find(";", start)
    end = semicolon if semicolon >= 0 else len(text)
    forgotten = _FORGOTTEN.search(text, start, end)
    if forgotten:
        end = forgotten.start()
    return text[start:end].partition(" (")[0].strip().strip('"'), end


def _unescape(match: re.Match[str]) -> str:
    character = match.group(1)
    return character if character in '"\\' else match.group()


def _extended(value: str) -> tuple[str, bytes]:
    """Split `charset'language'percent-encoded` (RFC 2231 section 4)."""
    label, quote, rest = value.partition("'")
    if not quote:
        return "", unquote_to_bytes(value)
    return label, unquote_to_bytes(rest.partition("'")[2])


def _joined(parts: dict[int, tuple[str, bool]]) -> tuple[str, bytes]:
    """Join the numbered pieces of a parameter (RFC 2231 section 3) in their order."""
    label = ""
    out: list[bytes] = []
    for number, (value, encoded) in sorted(parts.items()):
        if encoded and not out and number == min(parts):
            label, data = _extended(value)
            out.append(data)
        else:
            out.append(unquote_to_bytes(value) if encoded else _bytes(value))
    return label, b"".join(out)


def _bytes(value: str) -> bytes:
    return value.encode("utf-8", "replace")
