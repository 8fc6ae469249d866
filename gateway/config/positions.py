"""Where each key of a TOML file stands, so that a finding can name its line and column."""

import json
import re
from collections.abc import Mapping
from typing import NamedTuple

Location = tuple[str | int, ...]


class Place(NamedTuple):
    """Where something stands, both counted from 1; `value` is where a text begins, if it is one.

    `written` is that text as the file has it, with its quotation marks.
    """

    line: int
    column: int
    value: tuple[int, int] = (0, 0)
    written: str = ""

    def inside(self, offset: int) -> tuple[int, int]:
        """Give line and column of a character of the text, counted from 0."""
        mark = self.written[:1]
        long = self.written.startswith(mark * 3) and len(self.written) >= 6
        at = 3 if long else 1
        if long and self.written[at : at + 1] == "\n":
            at += 1  # TOML leaves out the line end right after the mark
        if mark == "'":
            at += offset
        else:
            at = _after_escapes(self.written, at, offset)
        before = self.written[:at]
        line, column = self.value
        lines = before.count("\n")
        return line + lines, len(before) - before.rfind("\n") if lines else column + len(before)


def _after_escapes(written: str, at: int, count: int) -> int:
    """Give where a basic string goes on after so many characters; escapes stand for one or none."""
    at = _after_fold(written, at)
    for _ in range(count):
        escape = _ESCAPE.match(written, at)
        at = _after_fold(written, escape.end() if escape else at + 1)
    return at


def _after_fold(written: str, at: int) -> int:
    folded = _FOLDED.match(written, at)
    return folded.end() if folded else at


_ESCAPE = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)")
# A backslash before a line end takes away all blanks and line ends up to the next text.
_FOLDED = re.compile(r"(?:\\[ \t]*\n\s*)+")

_TOKENS = re.compile(
    r'''(?P<string>"""(?:\\.|[^\\])*?"""(?:""?)?'''
    r"""|\'\'\'.*?\'\'\'(?:''?)?"""
    r'''|"(?:\\.|[^"\\])*"'''
    r"""|'[^']*')"""
    r"|(?P<comment>\#[^\n]*)"
    r"|(?P<newline>\n)"
    r"|(?P<mark>[\[\]{}=,.])"
    r"|(?P<bare>[^\s\[\]{}=,.\#\"']+)",
    re.DOTALL,
)


class _Token(NamedTuple):
    kind: str
    text: str
    line: int
    start: int
    column: int


def positions(source: str) -> Mapping[Location, Place]:
    """Map each key path of a well-formed TOML text to where it stands.

    A path is made of keys and of indices into arrays, as in `("listener", 0, "port")`; a table's
    path has the place of its header.
    """
    return _Scanner(source).scan()


class _Scanner:
    """Reads a text that the real TOML parser has taken already, so it need not check anything."""

    def __init__(self, source: str) -> None:
        self.tokens = _tokens(source)
        self.at = 0
        self.places: dict[Location, Place] = {}
        self.elements: dict[Location, int] = {}

    def scan(self) -> Mapping[Location, Place]:
        table: Location = ()
        while self._skip_to_content():
            if self._peek().text == "[":
                table = self._header()
            else:
                self._assignment(table)
        return self.places

    def _header(self) -> Location:
        first, second = self.tokens[self.at : self.at + 2]
        is_array = second.text == "[" and second.start == first.start + 1
        self.at += 2 if is_array else 1
        *parents, last = self._key()
        self.at += 2 if is_array else 1
        path: Location = ()
        for key in parents:
            path = self._newest((*path, key), _place(first))
        path = (*path, last)
        if is_array:
            self.elements[path] = self.elements.get(path, 0) + 1
        path = self._newest(path, _place(first))
        self.places[path] = _place(first)
        return path

    def _newest(self, path: Location, place: Place) -> Location:
        """Note a path where it is first met; into an array of tables, go to its newest table."""
        self.places.setdefault(path, place)
        count = self.elements.get(path)
        return (*path, count - 1) if count else path

    def _assignment(self, table: Location) -> None:
        place = _place(self._peek())
        path = table
        for key in self._key():
            path = (*path, key)
            self.places.setdefault(path, place)
        self.at += 1  # the equals sign
        self._value(path)

    def _key(self) -> list[str]:
        keys = [_unquoted(self._take())]
        while self._peek().text == ".":
            self.at += 1
            keys.append(_unquoted(self._take()))
        return keys

    def _value(self, path: Location) -> None:
        token = self._take()
        if token.text == "[":
            index = 0
            while self._skip_to_content() and self._peek().text != "]":
                self.places[(*path, index)] = _place(self._peek())
                self._value((*path, index))
                self._skip_comma()
                index += 1
            self.at += 1
        elif token.text == "{":
            while self._skip_to_content() and self._peek().text != "}":
                self._assignment(path)
                self._skip_comma()
            self.at += 1
        elif token.kind == "string":
            value = (token.line, token.column)
            self.places[path] = self.places[path]._replace(value=value, written=token.text)
        elif token.kind == "bare":
            # Numbers have dots, and a date may have a blank before its time.
            while self._peek().kind == "bare" or self._peek().text == ".":
                self.at += 1

    def _skip_comma(self) -> None:
        if self._skip_to_content() and self._peek().text == ",":
            self.at += 1

    def _skip_to_content(self) -> bool:
        while self._peek().kind in {"comment", "newline"}:
            self.at += 1
        return self.at < len(self.tokens)

    def _peek(self) -> _Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else _END

    def _take(self) -> _Token:
        token = self._peek()
        self.at += 1
        return token


_END = _Token("end", "", 0, 0, 0)


def _tokens(source: str) -> list[_Token]:
    tokens = []
    line = 1
    begin = 0  # of the line
    for match in _TOKENS.finditer(source):
        text, start = match.group(), match.start()
        tokens.append(_Token(match.lastgroup or "", text, line, start, start - begin + 1))
        if "\n" in text:
            line += text.count("\n")
            begin = start + text.rindex("\n") + 1
    return tokens


def _place(token: _Token) -> Place:
    return Place(token.line, token.column)


def _unquoted(token: _Token) -> str:
    """Give the name that a key token stands for; basic strings have JSON's escapes, nearly."""
    if token.kind != "string":
        return token.text
    if token.text[0] == "'":
        return token.text[1:-1]
    long_escapes = re.sub(r"\\U([0-9A-Fa-f]{8})", lambda m: chr(int(m.group(1), 16)), token.text)
    return str(json.loads(long_escapes, strict=False))
