"""Conditions: expressions in CEL over what `vocabulary.py` lists, compiled once.

What is wrong with one is found when it is compiled. Asking one never raises: a condition that
fails does not hold, and says why.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from gateway.config import expression
from gateway.config.condition_faults import Fault, faults_of
from gateway.config.condition_limits import too_much
from gateway.config.expression import Form, Node
from gateway.config.shortcut import Shortcut, shortcut
from gateway.config.vocabulary import BY_NAME, Place

if TYPE_CHECKING:
    from cel_expr_python import cel


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a condition holds; `why` says what kept it from being answered, or is ""."""

    holds: bool
    why: str = ""


HOLDS = Answer(holds=True)
DOES_NOT_HOLD = Answer(holds=False)


class Facts:
    """What conditions of one place are asked of: values by their variables' names.

    A condition fails on a variable that is not there. Lists are lists, times are aware.
    """

    __slots__ = ("_activation", "place", "values")

    def __init__(self, place: Place, values: Mapping[str, object]) -> None:
        """Take these values; they do not change any more."""
        self.place = place
        self.values = values
        self._activation: cel.Activation | None = None

    @property
    def activation(self) -> "cel.Activation":
        """Give them as the CEL library takes them, made ready when they are first asked for."""
        if self._activation is None:
            self._activation = _environment(self.place).Activation(dict(self.values))
        return self._activation


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that can be asked; `named` are the parts of it that are variables."""

    place: Place
    source: str
    tree: Node = field(repr=False)
    named: tuple[Node, ...] = field(repr=False)
    variables: frozenset[str] = field(repr=False)
    _compiled: "cel.Expression" = field(repr=False, compare=False)
    _shortcut: Shortcut | None = field(repr=False, compare=False)

    def ask(self, facts: Facts) -> Answer:
        """Say whether it holds of these facts; never raises."""
        try:
            if self._shortcut is not None:
                value = self._shortcut(facts.values)
                if value is not None:
                    return HOLDS if value else DOES_NOT_HOLD
            value = self._compiled.eval(facts.activation).value()
        except Exception as error:  # whatever the library cannot do must not stop a mail
            return Answer(holds=False, why=_plain(str(error)))
        if isinstance(value, bool):
            return HOLDS if value else DOES_NOT_HOLD
        return Answer(holds=False, why=_plain(str(value)))


@lru_cache(maxsize=8192)
def compiled(place: Place, source: str) -> Condition | tuple[Fault, ...]:
    """Give the condition that a text is in a place, or all that is wrong with it."""
    environment = _environment(place)
    try:
        made = environment.compile(source)
    except Exception as error:  # the library raises RuntimeError for whatever it refuses
        return faults_of(str(error), source, place)
    kind = made.return_type().name().lower()
    if kind != "bool":
        return (Fault(f"a condition must come to true or false, and this is of type {kind}"),)
    tree = expression.read(made.serialize())
    if faults := tuple(too_much(tree, source, lambda pattern: _refused(environment, pattern))):
        return faults
    named = tuple(n for n in tree.walk() if n.form is Form.NAME and n.name in BY_NAME)
    names = frozenset(node.name for node in named)
    return Condition(place, source, tree, named, names, made, shortcut(tree))


def variables_of(place: Place, sources: Iterable[str]) -> frozenset[str]:
    """Give the variables that the sound ones of some conditions speak of."""
    found = (compiled(place, source) for source in sources)
    return frozenset().union(*(one.variables for one in found if isinstance(one, Condition)))


def answer_to(source: str, facts: Facts) -> Answer:
    """Ask a condition, sound or not, of facts; never raises."""
    condition = compiled(facts.place, source)
    if isinstance(condition, Condition):
        return condition.ask(facts)
    return Answer(holds=False, why=condition[0].message)


def _environment(place: Place) -> "cel.Env":
    # Many megabytes, and few desks of one mailbox have rules.
    from gateway.config.condition_library import environment  # noqa: PLC0415  as said

    return environment(place)


def _refused(environment: "cel.Env", pattern: str) -> str:
    """Say why RE2 takes no pattern, or ""; the library finds that out only when it is used."""
    literal = "".join(f"\\U{ord(letter):08x}" for letter in pattern)
    value = environment.compile(f'"".matches("{literal}")').eval().value()
    return "" if isinstance(value, bool) else _plain(str(value)).rpartition("expression: ")[2]


def _plain(text: str) -> str:
    """Give the library's message without its name for the kind of error."""
    first = text.partition("\n")[0]
    kind, colon, rest = first.partition(": ")
    if colon and kind.isupper():
        first = rest
    return first[:200].strip()
