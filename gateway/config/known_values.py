"""Values that a condition compares a variable with, and that the desk does not have."""

from collections.abc import Iterator

from gateway.config.desk import Desk
from gateway.config.expression import Form, Node
from gateway.config.toml_file import did_you_mean
from gateway.config.vocabulary import VALUES


def unknown_values(desk: Desk, tree: Node) -> Iterator[tuple[str, int]]:
    """Find texts that a variable with a closed list of values is compared with and never is.

    Gives a sentence and the character of the condition, counted from 0.
    """
    known = _values(desk)
    for node in tree.walk():
        if node.form is not Form.CALL or len(node.parts) != 2:
            continue
        for variable, compared in _comparisons(node):
            name = variable.name
            for text in compared:
                value = text.value
                if name in known and isinstance(value, str) and value not in known[name]:
                    hint = did_you_mean(value, tuple(one for one in known[name] if one))
                    yield f'"{name}" is never "{value}" on this desk{hint}', text.at


def _comparisons(call: Node) -> Iterator[tuple[Node, tuple[Node, ...]]]:
    """Give the variables that a call compares, each with the texts that it is compared with."""
    left, right = call.parts
    if call.name in ("_==_", "_!=_"):
        for one, other in ((left, right), (right, left)):
            if one.form is Form.NAME and other.form is Form.CONSTANT:
                yield one, (other,)
    elif call.name == "@in":
        if left.form is Form.NAME and right.form is Form.LIST:
            yield left, tuple(one for one in right.parts if one.form is Form.CONSTANT)
        elif left.form is Form.CONSTANT and right.form is Form.NAME:
            yield right, (left,)


def _values(desk: Desk) -> dict[str, frozenset[str]]:
    """Give all that variables can be, by their names; of lists, what their elements can be."""
    entitlement = desk.entitlement
    answers = tuple(rule.reply for rule in desk.rule if rule.reply)
    closed = {
        **VALUES,
        "ticket.type": desk.types,
        "ticket.severity": desk.severities,
        "ticket.status": tuple(status.name for status in desk.status),
        "ticket.group": tuple(group.name for group in desk.group),
        "ticket.assignee": tuple(agent.address for agent in desk.agent),
        # Nothing but a rule gives a tag.
        "ticket.tags": tuple(tag for rule in desk.rule for tag in rule.tag),
        "ticket.answers": answers,
        "ticket.overdue": tuple(target.name for target in desk.target),
        "sender.answers": answers,
        "mail.language": desk.languages,
        "mail.to": desk.addresses,
        "support.level": (*(level.name for level in entitlement.level), entitlement.otherwise),
        "timer": tuple(timer.name for timer in desk.timer),
    }
    return {name: frozenset((*values, "")) for name, values in closed.items()}
