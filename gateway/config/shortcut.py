"""What of a condition can be said without the CEL library, which takes ten times as long.

Most rules miss, for a plain reason: a plan that is another one, a word that is not there. A
shortcut says true or false only where the library is sure to say the same, and None elsewhere.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

from gateway.config.expression import Form, Node
from gateway.config.pattern import read
from gateway.config.vocabulary import BY_NAME, Type
from gateway.config.words import mentions

Values = Mapping[str, object]
Shortcut = Callable[[Values], bool | None]


def shortcut(tree: Node) -> Shortcut | None:
    """Give the shortcut of a condition; None where there is none."""
    if tree.form is Form.CONSTANT:
        return _constant(tree)
    if tree.form is Form.NAME:
        return _flag(tree)
    if tree.form is not Form.CALL:
        return None
    make = _MAKERS.get(tree.name)
    return make(tree.parts) if make else None


def _constant(node: Node) -> Shortcut | None:
    value = node.value
    return (lambda _: value) if isinstance(value, bool) else None


def _flag(node: Node) -> Shortcut | None:
    name = node.name
    if name not in BY_NAME or BY_NAME[name].type is not Type.BOOL:
        return None

    def ask(values: Values) -> bool | None:
        value = values.get(name)
        return value if isinstance(value, bool) else None

    return ask


def _not(parts: tuple[Node, ...]) -> Shortcut | None:
    inner = shortcut(parts[0])
    if inner is None:
        return None

    def ask(values: Values) -> bool | None:
        value = inner(values)
        return None if value is None else not value

    return ask


def _chain(name: str, *, ends: bool) -> Callable[[tuple[Node, ...]], Shortcut | None]:
    """Give the maker of a chain that one part which is `ends` settles."""

    def make(parts: tuple[Node, ...]) -> Shortcut | None:
        inner = [shortcut(part) for part in _flat(name, parts)]
        known = tuple(one for one in inner if one is not None)
        if not known:
            return None
        otherwise = None if len(known) < len(inner) else not ends

        def ask(values: Values) -> bool | None:
            result = otherwise
            for one in known:
                value = one(values)
                if value is ends:
                    return ends
                if value is None:
                    result = None
            return result

        return ask

    return make


def _flat(name: str, parts: tuple[Node, ...]) -> list[Node]:
    flat: list[Node] = []
    for part in parts:
        inside = part.form is Form.CALL and part.name == name
        flat += _flat(name, part.parts) if inside else [part]
    return flat


def _equal(parts: tuple[Node, ...], *, equal: bool = True) -> Shortcut | None:
    one, other = parts if _constant_text(parts[1]) is not None else parts[::-1]
    text = _constant_text(other)
    return None if text is None else _compared(one, lambda value: (value == text) is equal)


def _unequal(parts: tuple[Node, ...]) -> Shortcut | None:
    return _equal(parts, equal=False)


def _in(parts: tuple[Node, ...]) -> Shortcut | None:
    one, many = parts
    if many.form is Form.LIST:
        texts = _texts(many)
        return None if texts is None else _compared(one, lambda value: value in texts)
    text = _constant_text(one)
    if text is None or many.form is not Form.NAME:
        return None

    def ask(values: Values) -> bool | None:
        value = values.get(many.name)
        return text in value if isinstance(value, list | dict) else None

    return ask


def _contains(parts: tuple[Node, ...]) -> Shortcut | None:
    text = _constant_text(parts[1])
    return None if text is None else _compared(parts[0], lambda value: text in value)


def _mentions(parts: tuple[Node, ...]) -> Shortcut | None:
    sought = _texts(parts[1])
    return None if sought is None else _compared(parts[0], lambda value: mentions(value, sought))


def _matches(parts: tuple[Node, ...]) -> Shortcut | None:
    """Say that a pattern does not match what lacks all that it needs; the rest is for RE2."""
    pattern = _constant_text(parts[1])
    known = None if pattern is None else read(pattern)
    if known is None or known.needs is None:
        return None
    needs = tuple(known.needs)

    def compare(value: str) -> bool | None:
        folded = _folded(value)
        for one in needs:
            if one in folded:
                return None
        return False

    return _compared(parts[0], compare)


def _compared(node: Node, compare: Callable[[str], bool | None]) -> Shortcut | None:
    """Compare the text that a part comes to; None where it is more than variables and texts."""
    pieces = _pieces(node)
    if pieces is None:
        return None
    if len(pieces) == 1 and node.form is Form.NAME:
        name = node.name

        def ask(values: Values) -> bool | None:
            value = values.get(name)
            return compare(value) if isinstance(value, str) else None

        return ask

    def ask_together(values: Values) -> bool | None:
        texts = [piece if constant else values.get(piece) for piece, constant in pieces]
        known = [text for text in texts if isinstance(text, str)]
        return compare("".join(known)) if len(known) == len(texts) else None

    return ask_together


def _pieces(node: Node) -> list[tuple[str, bool]] | None:
    """Give variables (False) and texts (True) that stand one after the other."""
    if node.form is Form.NAME and node.name in BY_NAME:
        return [(node.name, False)] if BY_NAME[node.name].type is Type.STRING else None
    if node.form is Form.CALL and node.name == "_+_":
        left, right = (_pieces(part) for part in node.parts)
        return None if left is None or right is None else left + right
    text = _constant_text(node)
    return None if text is None else [(text, True)]


def _constant_text(node: Node) -> str | None:
    return node.value if isinstance(node.value, str) else None


@lru_cache(maxsize=8)
def _folded(text: str) -> str:
    return text.casefold()


def _texts(node: Node) -> tuple[str, ...] | None:
    """Give the texts that a list has; None where it has anything else."""
    texts = tuple(part.value for part in node.parts if isinstance(part.value, str))
    return texts if node.form is Form.LIST and len(texts) == len(node.parts) else None


_MAKERS: Mapping[str, Callable[[tuple[Node, ...]], Shortcut | None]] = {
    "!_": _not,
    "_&&_": _chain("_&&_", ends=False),
    "_||_": _chain("_||_", ends=True),
    "_==_": _equal,
    "_!=_": _unequal,
    "@in": _in,
    "contains": _contains,
    "mentions": _mentions,
    "matches": _matches,
}
