"""The tree of a compiled condition, read from the form in which the CEL library writes it.

The library gives no other way to look into an expression. The form is that of the protocol buffer
`cel.expr.CheckedExpr` (cel-spec, proto/cel/expr/checked.proto and syntax.proto), of which this
reads what it needs.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

Constant = bool | int | float | str | bytes | None


class Form(StrEnum):
    """What a node of an expression is."""

    CONSTANT = "constant"
    NAME = "name"
    FIELD = "field"
    HAS = "has"
    CALL = "call"
    LIST = "list"
    TABLE = "table"
    LOOP = "loop"


@dataclass(frozen=True, slots=True)
class Node:
    """A part of an expression; `at` is its character, counted from 0.

    `name` is that of a variable, field or function, `value` that of a constant. `parts` are what it
    is made of: a method's object first, of a loop (`exists`, `all`, `map`, ...) the list first.
    """

    form: Form
    at: int
    name: str = ""
    value: Constant = None
    parts: tuple["Node", ...] = ()

    def walk(self) -> Iterator["Node"]:
        """Give this node and all below it."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def same_as(self, other: "Node") -> bool:
        """Say whether two parts say the same, wherever they stand."""
        return (
            (self.form, self.name, self.value) == (other.form, other.name, other.value)
            and type(self.value) is type(other.value)
            and len(self.parts) == len(other.parts)
            and all(map(Node.same_as, self.parts, other.parts))
        )


_Fields = dict[int, list[int | bytes]]

_VARINT, _LENGTH = 0, 2
_SIZES = {1: 8, 5: 4}


def read(serialized: bytes) -> Node:
    """Give the tree of a checked expression; raises ValueError if it is none."""
    checked = _message(_one(_fields(serialized), 2))
    entries = [_message(pair) for pair in _message(_one(checked, 5)).get(4, ())]
    places = {_number(entry, 1): _number(entry, 2) for entry in entries}
    return _node(_message(_one(checked, 4)), places)


def _node(fields: _Fields, places: dict[int, int]) -> Node:
    at = places.get(_number(fields, 2), 0)
    number = next((number for number in _FORMS if number in fields), 0)
    if not number:
        raise ValueError("a part of the expression is of no known form")
    form, inner = _FORMS[number], _message(fields[number][0])
    if form is Form.CONSTANT:
        return Node(form, at, value=_constant(inner))
    if form is Form.FIELD and _number(inner, 3):
        form = Form.HAS
    name = _text(inner, _NAMES[form]) if form in _NAMES else ""
    holders = [inner]
    if form is Form.TABLE:
        holders = [_message(entry) for entry in inner.get(2, ())]
    parts = (part for one in holders for n in _PARTS.get(form, ()) for part in one.get(n, ()))
    return Node(form, at, name, None, tuple(_node(_message(part), places) for part in parts))


# The numbers of the fields of `Expr`, and what each says that a node is.
_FORMS = {
    3: Form.CONSTANT,
    4: Form.NAME,
    5: Form.FIELD,
    6: Form.CALL,
    7: Form.LIST,
    8: Form.TABLE,
    9: Form.LOOP,
}
# The numbers of the field that has a form's name, and of those that have its parts.
_NAMES = {Form.NAME: 1, Form.FIELD: 2, Form.HAS: 2, Form.CALL: 2}
_PARTS = {
    Form.FIELD: (1,),
    Form.HAS: (1,),
    Form.CALL: (1, 3),
    Form.LIST: (1,),
    Form.TABLE: (3, 4),
    Form.LOOP: (2, 4, 5, 6, 7),
}


def _constant(fields: _Fields) -> Constant:
    """Give the value of a `Constant`; one of no kind that a condition can have is None."""
    number, values = next(iter(fields.items()), (1, [0]))
    value = values[0]
    match number, value:
        case 2, int():
            return bool(value)
        case 3, int():
            return value - (1 << 64) if value >= 1 << 63 else value
        case 4, int():
            return value
        case 5, bytes():
            return float(struct.unpack("<d", value)[0])
        case 6, bytes():
            return value.decode()
        case 7, bytes():
            return value
        case _:
            return None


def _one(fields: _Fields, number: int) -> int | bytes:
    if number not in fields:
        raise ValueError(f"the field {number} is missing")
    return fields[number][0]


def _number(fields: _Fields, number: int) -> int:
    value = fields.get(number, [0])[0]
    return value if isinstance(value, int) else 0


def _text(fields: _Fields, number: int) -> str:
    value = fields.get(number, [b""])[0]
    return value.decode() if isinstance(value, bytes) else ""


def _message(value: int | bytes) -> _Fields:
    if isinstance(value, int):
        raise ValueError("a number where a message should be")  # noqa: TRY004  the data is wrong
    return _fields(value)


def _fields(data: bytes) -> _Fields:
    """Read a protocol buffer's fields by their numbers (its wire format)."""
    fields: _Fields = {}
    at, end = 0, len(data)
    while at < end:
        key, at = _varint(data, at)
        kind = key & 7
        value: int | bytes
        if kind == _VARINT:
            value, at = _varint(data, at)
        else:
            size, at = _varint(data, at) if kind == _LENGTH else (_SIZES.get(kind, 0), at)
            value = data[at : at + size]
            at += size
        if (number := key >> 3) in fields:
            fields[number].append(value)
        else:
            fields[number] = [value]
    return fields


def _varint(data: bytes, at: int) -> tuple[int, int]:
    if at < len(data) and data[at] < 0x80:
        return data[at], at + 1
    value = shift = 0
    while True:
        if at >= len(data):
            raise ValueError("the data end too early")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at
