"""Authentication-Results fields, read strictly (RFC 8601 section 2.2).

Some of what stands in them was written by whoever sent the mail: names, comments, reasons. So
anything that is not plainly of this form makes a field worth nothing; `authres` repairs such
fields, skips what it cannot read, and takes quadratic time. Microsoft leaves the id out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_FIELD = 8192
MAX_RESULTS = 100

_MAX_DEPTH = 10
_BLANKS = re.compile(r"[ \t\r\n]+")
_TOKEN = re.compile(r"[^\x00-\x20\x7f-\U0010ffff()\";=]+")
_VALUE = re.compile(r"[^\x00-\x20\x7f-\U0010ffff()\";]*")
_QUOTED = re.compile(r'"((?:[^"\\\x00-\x08\x0a-\x1f\x7f-\U0010ffff]|\\[\x20-\x7e])*+)"')
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Result:
    """One method's result, such as `dkim=pass header.d=klant.example`; all in lower case."""

    method: str
    value: str
    properties: tuple[tuple[str, str], ...]

    def property(self, name: str) -> str:
        """Give the value of a property, "" if there is none or if it is given twice."""
        found = [value for key, value in self.properties if key == name]
        return found[0] if len(found) == 1 else ""


@dataclass(frozen=True, slots=True)
class Results:
    """What one host found; `authserv_id` is "" where the field does not say which."""

    authserv_id: str
    results: tuple[Result, ...]


def parse_results(value: bytes) -> Results | None:
    """Read the value of a field; None if it is not of the form that the RFC gives."""
    if len(value) > MAX_FIELD:
        return None
    try:
        return _Reader(value.decode("ascii").rstrip("\r\n")).read()
    except ValueError:
        return None


class _Reader:
    """Reads one field from left to right; ValueError for whatever does not fit."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def read(self) -> Results:
        self._space()
        start = self._at
        authserv_id = self._quoted() or self._match(_TOKEN)
        self._space()
        if self._peek() == "=":  # the first thing is a result, so there is no id
            self._at, authserv_id = start, ""
        else:
            if not authserv_id:
                raise ValueError("no authserv-id")
            self._version()
            if self._peek():
                self._expect(";")
        results = tuple(self._results())
        return Results(authserv_id.lower(), results)

    def _version(self) -> None:
        if self._peek() not in {"", ";"} and self._match(_TOKEN) != "1":
            raise ValueError("another version")
        self._space()

    def _results(self) -> Iterator[Result]:
        for _ in range(MAX_RESULTS):
            self._space()
            if not self._peek():
                return
            if self._peek() != ";":
                yield self._result()
            if self._peek():
                self._expect(";")
        raise ValueError("too many results")

    def _result(self) -> Result:
        method, slash, version = self._key().partition("/")
        if slash and version != "1":
            raise ValueError("another version of a method")
        if self._peek() in {"", ";"} and method == "none":
            return Result("none", "", ())
        self._expect("=")
        self._space()
        value = self._match(_TOKEN).lower()
        if not value:
            raise ValueError("a method without a result")
        self._space()
        properties: list[tuple[str, str]] = []
        while self._peek() not in {"", ";"}:
            key = self._key()
            self._expect("=")
            properties.append((key, self._value().lower()))
        return Result(method, value, tuple(properties))

    def _key(self) -> str:
        """Read a name, the dot and slash in which may stand between blanks."""
        parts = [self._match(_TOKEN)]
        self._space()
        while self._peek() not in {"", ";", "="} and (
            parts[-1].endswith((".", "/")) or self._peek() in {".", "/"}
        ):
            parts.append(self._match(_TOKEN))
            if not parts[-1]:
                break
            self._space()
        key = "".join(parts).lower()
        if not key or not parts[-1]:
            raise ValueError("no name")
        return key

    def _value(self) -> str:
        self._space()
        found = self._quoted() if self._peek() == '"' else None
        value = self._match(_VALUE) if found is None else found + self._match(_VALUE)
        if self._peek() == '"':
            raise ValueError("a quote inside a value")
        self._space()
        return value

    def _quoted(self) -> str:
        match = _QUOTED.match(self._text, self._at)
        if match is None:
            if self._peek() == '"':
                raise ValueError("a quote without an end")
            return ""
        self._at = match.end()
        return _ESCAPED.sub(r"\1", match[1])

    def _space(self) -> None:
        """Pass over blanks, folds and comments."""
        while True:
            match = _BLANKS.match(self._text, self._at)
            if match is not None:
                self._at = match.end()
            elif self._peek() == "(":
                self._at = end_of_comment(self._text, self._at)
            else:
                return

    def _match(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            return ""
        self._at = match.end()
        return match[0]

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _expect(self, character: str) -> None:
        if self._peek() != character:
            raise ValueError(f"no {character}")
        self._at += 1


def end_of_comment(text: str, start: int) -> int:
    """Find the end of the comment that begins at `start` (RFC 5322 section 3.2.2).

    Raises ValueError if it has none, or holds comments in comments too deep to be meant.
    """
    depth = 0
    position = start
    while position < len(text):
        character = text[position]
        if character == "\\":
            position += 1
        elif character == "(":
            depth += 1
            if depth > _MAX_DEPTH:
                break
        elif character == ")":
            depth -= 1
            if depth == 0:
                return position + 1
        position += 1
    raise ValueError("a comment without an end")
