"""What the conditions of a desk file must be: sound, about things that are there, and of use."""

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.config.condition import Condition, compiled
from gateway.config.condition_limits import effort
from gateway.config.desk import Desk
from gateway.config.expression import Node
from gateway.config.known_values import unknown_values
from gateway.config.never import always_holds, never_hit, never_holds
from gateway.config.policy import Rule
from gateway.config.positions import Location
from gateway.config.toml_file import TomlFile
from gateway.config.vocabulary import BY_NAME, USE_AT, Place
from gateway.errors import Finding

_MOST_PATTERNS = 5000


@dataclass(frozen=True, slots=True)
class _Written:
    """A condition, and where it stands in the desk file."""

    place: Place
    source: str
    at: Location


def check(file: TomlFile, desk: Desk) -> Iterator[Finding]:
    """Find what is wrong with the conditions of rules, levels of support and details."""
    for written in _conditions(desk):
        condition = compiled(written.place, written.source)
        if isinstance(condition, Condition):
            yield from _dangling(file, desk, written, condition)
        else:
            for fault in condition:
                yield file.finding_inside(fault.message, fault.offset(written.source), *written.at)
    for index, rule in enumerate(desk.rule):
        yield from _out_of_place(file, rule, ("rule", index, "when"))
    for index, why in never_hit(desk.rule):
        yield file.finding(f"this rule can never hit: {why}", "rule", index, "when")
    yield from _levels(file, desk)
    yield from _effort(file, desk)


def _conditions(desk: Desk) -> Iterator[_Written]:
    for index, rule in enumerate(desk.rule):
        yield _Written(Place.RULE, rule.when, ("rule", index, "when"))
    for index, level in enumerate(desk.entitlement.level):
        yield _Written(Place.LEVEL, level.when, ("entitlement", "level", index, "when"))
    for index, detail in enumerate(desk.detail):
        yield _Written(Place.DETAIL, detail.known, ("detail", index, "known"))
        if detail.when:
            yield _Written(Place.DETAIL, detail.when, ("detail", index, "when"))


def _dangling(
    file: TomlFile, desk: Desk, written: _Written, condition: Condition
) -> Iterator[Finding]:
    """Find values that a variable is compared with and that it can never have."""
    for message, offset in unknown_values(desk, condition.tree):
        yield file.finding_inside(message, offset, *written.at)


def _out_of_place(file: TomlFile, rule: Rule, at: Location) -> Iterator[Finding]:
    """Find variables that a rule speaks of and that it cannot ask at one of its moments."""
    condition = compiled(Place.RULE, rule.when)
    if not isinstance(condition, Condition):
        return
    for node in condition.named:
        uses = BY_NAME[node.name].uses
        for moment in rule.on:
            if USE_AT[moment] not in uses:
                others = " and ".join(
                    f'"{other.value}"' for other, use in USE_AT.items() if use in uses
                )
                message = f'"{node.name}" is not known on "{moment.value}", only on {others}'
                yield file.finding_inside(message, _start(node, rule.when), *at)
                break


def _levels(file: TomlFile, desk: Desk) -> Iterator[Finding]:
    """Find levels of support that nobody can have."""
    above = ""
    for index, level in enumerate(desk.entitlement.level):
        at = ("entitlement", "level", index, "when")
        condition = compiled(Place.LEVEL, level.when)
        if not isinstance(condition, Condition):
            continue
        if above:
            message = f'nobody can have this level: everybody has the level "{above}" above it'
            yield file.finding(message, *at)
        elif why := never_holds(condition):
            yield file.finding(f"nobody can have this level: {why}", *at)
        elif always_holds(condition):
            above = level.name


def _effort(file: TomlFile, desk: Desk) -> Iterator[Finding]:
    """Find where a desk's conditions become more than a mail can be asked in good time."""
    total = 0
    for written in _conditions(desk):
        condition = compiled(written.place, written.source)
        total += effort(condition.tree) if isinstance(condition, Condition) else 0
        if total > _MOST_PATTERNS:
            message = (
                f"the conditions up to here have more than {_MOST_PATTERNS} patterns, where one in"
                " a loop counts as 20: reading a mail would take too long"
            )
            yield file.finding(message, *written.at)
            return


def _start(node: Node, source: str) -> int:
    """Give the first character of a variable; the library points at its last dot."""
    start = node.at - len(node.name.rpartition(".")[0])
    return start if source.startswith(node.name, max(start, 0)) else node.at
