"""Conditions that can never hold, and rules that can never hit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.config.condition import Condition, compiled
from gateway.config.expression import Form, Node
from gateway.config.policy import Moment, Rule
from gateway.config.vocabulary import Place


def always_holds(condition: Condition) -> bool:
    """Say whether a condition holds of anything."""
    return _truth(condition.tree) is True


def never_holds(condition: Condition) -> str:
    """Say why a condition can never hold, or ""."""
    if _truth(condition.tree) is False:
        return "its condition never holds"
    twofold = _twofold(_equalities(condition.tree))
    return f'"{twofold}" would have to be two things at once' if twofold else ""


def never_hit(rules: Sequence[Rule]) -> Iterator[tuple[int, str]]:
    """Find the rules that can never hit, by their index, and why.

    A rule whose condition is at fault is not judged.
    """
    ends: list[_End] = []
    for index, rule in enumerate(rules):
        condition = compiled(Place.RULE, rule.when)
        if not isinstance(condition, Condition):
            continue
        demands = _demands(condition.tree)
        if why := never_holds(condition) or _never_asked(rule, demands, ends):
            yield index, why
        elif rule.stop and not rule.limit:
            # A rule whose answer the ticket has had does not stop; a new ticket has had none.
            moments = {moment for moment in rule.on if not rule.reply or moment is Moment.NEW}
            ends.append(_End(rule.name, frozenset(moments), demands))


@dataclass(frozen=True, slots=True)
class _End:
    """A rule that stops: behind it, whatever demands at least the same is never asked."""

    name: str
    moments: frozenset[Moment]
    demands: tuple[Node, ...]

    def covers(self, demands: tuple[Node, ...]) -> bool:
        return all(any(mine.same_as(other) for other in demands) for mine in self.demands)


def _never_asked(rule: Rule, demands: tuple[Node, ...], ends: Sequence[_End]) -> str:
    """Say why a rule is never asked where it could hit, at any of its moments, or ""."""
    reasons = []
    for moment in rule.on:
        end = next((e for e in ends if moment in e.moments and e.covers(demands)), None)
        if end is not None:
            reasons.append(f'the rule "{end.name}" above it holds whenever it would, and stops')
        elif moment is Moment.REPLY and _only_of_machines(demands):
            reasons.append("no rule is asked of a machine's mail on a ticket")
        else:
            return ""
    return reasons[0] if reasons else ""


def _only_of_machines(demands: tuple[Node, ...]) -> bool:
    return any(
        name == "mail.kind" and value != "person"
        for part in demands
        for name, value in _equality(part)
    )


def _truth(node: Node) -> bool | None:
    """Say what a part comes to whatever it is asked of; None if that depends."""
    if node.form is Form.CONSTANT:
        return node.value if isinstance(node.value, bool) else None
    if node.form is not Form.CALL:
        return None
    if node.name in ("_==_", "_!=_") and all(p.form is Form.CONSTANT for p in node.parts):
        return (node.parts[0].value == node.parts[1].value) is (node.name == "_==_")
    truths = [_truth(part) for part in node.parts]
    match node.name, truths:
        case "!_", [bool() as one]:
            return not one
        case ("_&&_", [False, _] | [_, False]):
            return False
        case ("_||_", [True, _] | [_, True]):
            return True
        case ("_&&_" | "_||_", [one, other]) if one is other:
            return one
        case _:
            return None


def _demands(node: Node) -> tuple[Node, ...]:
    """Give the parts that have to hold all together."""
    if node.form is Form.CALL and node.name == "_&&_":
        return tuple(one for part in node.parts for one in _demands(part))
    return () if _truth(node) is True else (node,)


def _equalities(tree: Node) -> Iterator[tuple[str, object]]:
    for part in _demands(tree):
        yield from _equality(part)


def _equality(part: Node) -> Iterator[tuple[str, object]]:
    """Give a variable and the value that a part demands of it."""
    if part.form is Form.CALL and part.name == "_==_":
        for one, other in (part.parts, part.parts[::-1]):
            if one.form is Form.NAME and other.form is Form.CONSTANT:
                yield one.name, other.value


def _twofold(equalities: Iterator[tuple[str, object]]) -> str:
    """Give the variable of which two different values are demanded, or ""."""
    values: dict[str, object] = {}
    for name, value in equalities:
        if values.setdefault(name, value) != value:
            return name
    return ""
