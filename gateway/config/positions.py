"""Where each key of a TOML file stands, so that a finding can name its line."""

import json
import re
from collections.abc import Mapping
from typing import NamedTuple

Location = tuple[str | int, ...]

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


def positions(source: str) -> Mapping[Location, int]:
    """Map each key path of a well-formed TOML text to its line, counted from 1.

    A path is made of keys and of indices into arrays, as in `("listener", 0, "port")`; a table's
    path has the line of its header.
    """
    return _Scanner(source).scan()


class _Scanner:
    """Reads a text that the real TOML parser has taken already, so it need not check anything."""

    def __init__(self, source: str) -> None:
        self.tokens = _tokens(source)
        self.at = 0
        self.lines: dict[Location, int] = {}
        self.elements: dict[Location, int] = {}

    def scan(self) -> Mapping[Location, int]:
        table: Location = ()
        while self._skip_to_content():
            if self._peek().text == "[":
                table = self._header()
            else:
                self._assignment(table)
        return self.lines

    def _header(self) -> Location:
        first, second = self.tokens[self.at : self.at + 2]
        is_array = second.text == "[" and second.start == first.start + 1
        self.at += 2 if is_array else 1
        *parents, last = self._key()
        self.at += 2 if is_array else 1
        path: Location = ()
        for key in parents:
            path = self._newest((*path, key), first.line)
        path = (*path, last)
        if is_array:
            self.elements[path] = self.elements.get(path, 0) + 1
        path = self._newest(path, first.line)
        self.lines[path] = first.line
        return path

    def _newest(self, path: Location, line: int) -> Location:
        """Note a path where it is first met; into an array of tables, go to its newest table."""
        self.lines.setdefault(path, line)
        count = self.elements.get(path)
        return (*path, count - 1) if count else path

    def _assignment(self, table: Location) -> None:
        line = self._peek().line
        path = table
        for key in self._key():
            path = (*path, key)
            self.lines.setdefault(path, line)
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
                self.lines[(*path, index)] = self._peek().line
                self._value((*path, index))
                self._skip_comma()
                index += 1
            self.at += 1
        elif token.text == "{":
            while self._skip_to_content() and self._peek().text != "}":
                self._assignment(path)
                self._skip_comma()
            self.at += 1
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


_END = _Token("end", "", 0, 0)


def _tokens(source: str) -> list[_Token]:
    tokens = []
    line = 1
    for match in _TOKENS.finditer(source):
        tokens.append(_Token(match.lastgroup or "", match.group(), line, match.start()))
        line += match.group().count("\n")
    return tokens


def _unquoted(token: _Token) -> str:
    """Give the name that a key token stands for; basic strings have JSON's escapes, nearly."""
    if token.kind != "string":
        return token.text
    if token.text[0] == "'":
        return token.text[1:-1]
    long_escapes = re.sub(r"\\U([0-9A-Fa-f]{8})", lambda m: chr(int(m.group(1), 16)), token.text)
    return str(json.loads(long_escapes, strict=False))
