"""MIME header values with parameters: Content-Type and Content-Disposition (RFC 2045, 2183, 2231).

Linear in the length of the value and bounded in the number of parameters; values that break the
grammar give what can be made of them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import unquote_to_bytes

from gateway.mail import fields
from gateway.mail.charset import clean_line, decode

MAX_PARAMETERS = 128

_PARAMETER = re.compile(
    r";\s*([^\s=;\"]{1,100})\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^;]*))", re.DOTALL
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


def parse(raw: bytes) -> Value:
    """Read `value; name=text; ...`; never raises."""
    if not raw:
        return Value("")
    text = fields.unicode_of(raw)
    head, semicolon, _ = text.partition(";")
    value = clean_line(head.partition("(")[0]).lower()
    if not semicolon:
        return Value(value)
    return Value(value, _parameters(text[len(head) :]))


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
    for name, value in _pairs(text):
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
        # RFC 2047 section 5 forbids encoded words here, and most mailers write them all the same.
        decoded.setdefault(name, fields.text(_bytes(value)) if "=?" in value else value)
    return {name: _FOLD.sub(" ", value) for name, value in decoded.items()}


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for match in islice(_PARAMETER.finditer(text), MAX_PARAMETERS):
        quoted = match.group(2)
        if quoted is None:
            yield match.group(1).lower(), match.group(3).partition(" (")[0].strip().strip('"')
        else:
            # Windows paths are written with bare backslashes; only \\ and \" are escapes.
            yield match.group(1).lower(), _ESCAPED.sub(_unescape, quoted)


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
