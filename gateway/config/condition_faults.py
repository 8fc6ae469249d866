"""What is wrong with a condition, in plain words and with its place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.config.functions import FUNCTIONS
from gateway.config.toml_file import did_you_mean
from gateway.config.vocabulary import BY_NAME, VARIABLES, Place


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a condition, at a line and column of it, counted from 1."""

    message: str
    line: int = 1
    column: int = 1

    def offset(self, source: str) -> int:
        """Give the character of the condition that it is at, counted from 0."""
        before = source.split("\n")[: self.line - 1]
        return sum(len(line) + 1 for line in before) + self.column - 1


def fault_at(source: str, at: int, message: str) -> Fault:
    """Give the fault at a character of a condition, counted from 0."""
    before = source[:at]
    return Fault(message, before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1)


_ERROR = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*?)(?: \[INVALID_ARGUMENT\])?$", re.MULTILINE)
_UNDECLARED = re.compile(r"undeclared reference to '(.*)' \(in container ''\)")
_NO_OVERLOAD = re.compile(r"found no matching overload for '(.*)' applied to '\((.*)\)'")
_FIELD = re.compile(r"expression of type '(.*)' cannot be the operand of a select operation")
_UNEXPECTED = re.compile(
    r"(?:mismatched input|extraneous input|no viable alternative at input) '(.{1,60}?)'"
)
_SYNTAX = "Syntax error: "
_ENDS = "the condition ends too early"
_BLANKS_AND_MARKS = " '"
_RECURSION = ("recursion limit exceeded", "max recursion depth")
_OPERATOR = re.compile(r"^_?(\W+?)_$|^_(\W+)_(?:\W*)$")


def faults_of(text: str, source: str, place: Place) -> tuple[Fault, ...]:
    """Give what the CEL library's message says, in the order of the condition."""
    found = list(_faults(text, source, place))
    if not found:
        deep = any(sign in text for sign in _RECURSION)
        what = "it is nested too deeply" if deep else text.partition("\n")[0][:200]
        found = [Fault(f"the condition does not work: {what}")]
    return tuple(sorted(dict.fromkeys(found), key=lambda fault: (fault.line, fault.column)))


def _faults(text: str, source: str, place: Place) -> Iterator[Fault]:
    lines = source.split("\n")
    functions: list[Fault] = []
    others: list[Fault] = []
    for match in _ERROR.finditer(text):
        line, column, message = int(match[1]), int(match[2]), match[3]
        written = lines[line - 1] if line <= len(lines) else ""
        if message.startswith(_SYNTAX):
            # What follows is of its making.
            at_end = line == len(lines) and column > len(written)
            what = (
                _ENDS if at_end else _syntax(message.removeprefix(_SYNTAX), written[: column - 1])
            )
            yield Fault(what, line, column)
            return
        undeclared = _UNDECLARED.fullmatch(message)
        if undeclared and written[column - 1 : column] == "(":
            functions.append(_no_function(undeclared[1], written, line, column))
        elif undeclared:
            others.append(_no_variable(undeclared[1], written, line, column, place))
        elif "*error*" not in message:
            others.append(Fault(_types(message), line, column))
    yield from functions
    # A function that is not there may be a loop, whose own variable is then not known either.
    yield from (one for one in others if not functions or not _OF_A_LOOP.fullmatch(one.message))


_OF_A_LOOP = re.compile(r'there is no variable "[a-z_]\w*"')


def _no_function(name: str, written: str, line: int, column: int) -> Fault:
    """Say that there is no such function; the library points at the bracket behind its name."""
    before = written[: column - 1].rstrip()
    start = len(before) - len(name) + 1 if before.endswith(name) else column
    known = tuple(call for function in FUNCTIONS for call in function.calls)
    if name in known:
        return Fault(f'"{name}" is not called like this; see docs/rules.md', line, start)
    return Fault(f'there is no function "{name}"{did_you_mean(name, known)}', line, start)


def _no_variable(name: str, written: str, line: int, column: int, place: Place) -> Fault:
    """Say that there is no such variable; the library points at its last dot."""
    start = column - len(name.rpartition(".")[0])
    if start < 1 or not written.startswith(name, start - 1):
        start = column
    if variable := BY_NAME.get(name):
        uses = " and ".join(sorted(use.value for use in variable.uses))
        return Fault(f'"{name}" cannot be asked here, only in {uses}', line, start)
    known = tuple(v.name for v in VARIABLES if place in {use.place for use in v.uses})
    return Fault(f'there is no variable "{name}"{_nearest(name, known)}', line, start)


def _nearest(name: str, known: tuple[str, ...]) -> str:
    """Suggest a variable; of a name with too many parts, the one that its beginning means."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        if hint := did_you_mean(".".join(parts[:length]), known):
            return hint
    whole = {one.rpartition(".")[2]: one for one in reversed(known)}
    return f'; did you mean "{whole[parts[-1]]}"?' if parts[-1] in whole else ""


def _types(message: str) -> str:
    if overload := _NO_OVERLOAD.fullmatch(message):
        name, types = overload[1], overload[2].split(", ")
        operator = _OPERATOR.fullmatch(name)
        if name == "_?_:_":
            return f'"?:" needs a bool and two of one type, and gets {", ".join(types)}'
        if operator or name == "@in":
            sign = "in" if name == "@in" or operator is None else operator[1] or operator[2]
            return f'"{sign}" does not work with {" and ".join(types)}'
        return f'"{name}" does not work with {", ".join(types)}'
    if field := _FIELD.fullmatch(message):
        return f"a {field[1]} has no fields"
    return message[:200]


def _syntax(message: str, before: str) -> str:
    if "token recognition error at: '= '" in message:
        return 'a single "=" means nothing; to compare write "=="'
    if "token recognition error at" in message:
        start = message.partition("at: ")[2]
        if start[1:2] in "\"'":
            return "a text in quotation marks does not end, or has a backslash that means nothing"
        return f"this means nothing: {start[:40].strip(_BLANKS_AND_MARKS)}"
    if before.split()[-1:] == ["not"]:
        return 'for "not" write "!"'
    for word, sign in (("'and'", "&&"), ("'or'", "||")):
        if message.startswith(f"mismatched input {word}"):
            return f'for {word.replace(chr(39), chr(34))} write "{sign}"'
    unexpected = _UNEXPECTED.match(message)
    return f"this cannot stand here: {unexpected[1]}" if unexpected else message[:200]
