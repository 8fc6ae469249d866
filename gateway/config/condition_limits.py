"""What a condition may not be: too costly, or with a pattern or word that cannot be judged."""

from collections.abc import Callable, Iterable, Iterator

from gateway.config.condition_faults import Fault, fault_at
from gateway.config.expression import Form, Node
from gateway.config.functions import FUNCTIONS
from gateway.config.pattern import read
from gateway.config.words import is_sought

_MOST_PARTS = 1000
_MOST_PATTERNS = 50
_MOST_LOOPS = 10
_MOST_SUMS = 20
_LONGEST_PATTERN = 1000
_MOST_REPEATED = 500

# A loop goes over up to 200 values.
_LOOPS_WEIGH = 20

_CALLS = frozenset(call for function in FUNCTIONS for call in function.calls)
# What the library makes of loops.
_INNER = frozenset({"@not_strictly_false"})
_LONG = frozenset({"mail.text"})


def too_much(tree: Node, source: str, refused: Callable[[str], str]) -> Iterator[Fault]:
    """Find what a condition may not be; `refused` says why a pattern is none, or ""."""
    nodes = list(tree.walk())
    calls = [node for node in nodes if node.form is Form.CALL]
    for most, count, what in (
        (_MOST_PARTS, len(nodes), "parts"),
        (_MOST_PATTERNS, sum(call.name == "matches" for call in calls), "patterns"),
        (_MOST_SUMS, sum(call.name == "_+_" for call in calls), "sums"),
        (_MOST_LOOPS, sum(node.form is Form.LOOP for node in nodes), "loops"),
    ):
        if count > most:
            yield Fault(f"a condition has at most {most} {what}: make it several rules")
            return
    for node in nodes:
        if node.form is Form.CALL:
            yield from _call(node, source, refused)
        elif node.form is Form.LOOP:
            yield from _loop(node, source)


def effort(tree: Node) -> int:
    """Say how many patterns a condition is worth: those in a loop are asked again and again."""
    inside = (node for loop in tree.walk() if loop.form is Form.LOOP for node in loop.walk())
    return _patterns(tree.walk(), "matches") + _LOOPS_WEIGH * _patterns(
        inside, "matches", "mentions"
    )


def _patterns(nodes: Iterable[Node], *calls: str) -> int:
    return sum(node.form is Form.CALL and node.name in calls for node in nodes)


def _call(call: Node, source: str, refused: Callable[[str], str]) -> Iterator[Fault]:
    if call.name == "matches":
        yield from _pattern(call, source, refused)
    elif call.name == "mentions":
        yield from _sought(call, source)
    elif call.name == "split" and _long(call):
        yield fault_at(source, call.at, "a mail's text cannot be split")
    elif call.name not in _CALLS and call.name not in _INNER:
        yield fault_at(source, call.at, f'"{call.name}" cannot be used in a condition')


def _loop(loop: Node, source: str) -> Iterator[Fault]:
    """Find what would make a loop long; it may go over what one other loop has chosen."""
    chosen, *inside = loop.parts
    before = chosen.parts[0] if chosen.form is Form.LOOP else chosen
    if any(node.form is Form.LOOP for part in (before, *inside) for node in part.walk()):
        yield fault_at(source, loop.at, "a loop in a loop could take too long")
    if _long(loop):
        yield fault_at(source, loop.at, "a loop over a mail's text could take too long")


def _long(node: Node) -> bool:
    return any(one.form is Form.NAME and one.name in _LONG for one in node.walk())


def _pattern(node: Node, source: str, refused: Callable[[str], str]) -> Iterator[Fault]:
    pattern = node.parts[-1]
    if pattern.form is not Form.CONSTANT or not isinstance(pattern.value, str):
        message = "a pattern must stand here in quotation marks, so that it can be checked"
        yield fault_at(source, pattern.at, message)
    elif len(pattern.value) > _LONGEST_PATTERN:
        message = f"a pattern has at most {_LONGEST_PATTERN} characters"
        yield fault_at(source, pattern.at, message)
    elif why := refused(pattern.value) or _too_large(pattern.value):
        yield fault_at(source, pattern.at, f"this pattern does not work: {why}")


def _too_large(pattern: str) -> str:
    known = read(pattern)
    if known is None:
        return "it is nested too deeply"
    return "it repeats too much" if known.size > max(_MOST_REPEATED, len(pattern)) else ""


def _sought(node: Node, source: str) -> Iterator[Fault]:
    """Find what cannot be mentioned: the words stand there as a list of texts."""
    sought = node.parts[-1]
    if sought.form is not Form.LIST:
        message = 'the words must stand here, as in ["outage", "down*"]'
        yield fault_at(source, sought.at, message)
        return
    if not sought.parts:
        yield fault_at(source, sought.at, "nothing is mentioned: the list of words is empty")
    for one in sought.parts:
        if one.form is not Form.CONSTANT or not isinstance(one.value, str):
            message = "a word must stand here in quotation marks"
            yield fault_at(source, one.at, message)
        elif not is_sought(one.value):
            message = f'"{one.value}" is no word: it has no letter and no digit'
            yield fault_at(source, one.at, message)
