"""What is wrong in a desk's file beside rules that do not fit.

The other rules are checked all the same, so that an admin reads of everything at once.
"""

import dataclasses
from collections.abc import Iterator, Mapping

from gateway.config import desk_checks
from gateway.config.desk import Desk
from gateway.config.policy import Moment, Rule
from gateway.config.positions import Location
from gateway.config.shape import fit
from gateway.config.toml_file import TomlFile
from gateway.errors import Finding, Misconfigured

_RULES = "rule"


def check_beside(file: TomlFile) -> tuple[Finding, ...]:
    """Check a desk without the rules that do not fit; nothing where that is not all."""
    rules = file.tree.get(_RULES)
    if not isinstance(rules, list):
        return ()
    kept = [place for place, one in enumerate(rules) if _fits(file, one)]
    left_out = [one for place, one in enumerate(rules) if place not in kept]
    # A timer may be there for a rule on time alone.
    if not left_out or any(f"'{Moment.TIME.value}'" in str(one) for one in left_out):
        return ()
    now: dict[int | str, int] = {old: new for new, old in enumerate(kept)}
    rest = dataclasses.replace(
        file,
        tree={**file.tree, _RULES: [rules[place] for place in kept]},
        places={new: at for old, at in file.places.items() for new in _moved(old, now)},
    )
    try:
        desk_checks.check(rest, fit(Desk, rest, name=file.path.stem, path=str(file.path)))
    except Misconfigured as refused:
        return refused.findings
    return ()


def _fits(file: TomlFile, rule: object) -> bool:
    if not isinstance(rule, dict):
        return False
    try:
        fit(Rule, dataclasses.replace(file, tree=rule, places={}))
    except Misconfigured:
        return False
    return True


def _moved(location: Location, now: Mapping[int | str, int]) -> Iterator[Location]:
    """Give where something stands among the rules that are left, if it is there."""
    if len(location) < 2 or location[0] != _RULES:
        yield location
    elif location[1] in now:
        yield (_RULES, now[location[1]], *location[2:])
