"""The rules of a desk in their order: what each asks, what it does, and how often it hit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from gateway.config.desk import Desk
from gateway.config.policy import Rule
from gateway.console.render import page, refusal
from gateway.console.roles import Permission
from gateway.console.rules.effects import ASKED, effects
from gateway.console.rules.places import places
from gateway.console.visit import Page, Visit
from gateway.store import rule_counts
from gateway.store.rule_counts import Counted

# A longer condition is folded, so that a list stays one.
_SHORT = 200

_NEVER = Counted(0, 0, 0, date.min)


@dataclass(frozen=True, slots=True)
class _Line:
    """A rule as it is listed; `line` is 0 where the file has no such rule."""

    rule: Rule
    asked: tuple[str, ...]
    effects: tuple[str, ...]
    counted: Counted
    line: int
    folded: bool


def tabs(here: str) -> tuple[tuple[str, str, bool], ...]:
    """Give the pages about rules beside each other: address, name, whether we are there."""
    places = (("/rules", "Rules"), ("/rules/try", "Try a mail"), ("/rules/backtests", "Backtests"))
    return tuple((path, name, path == here) for path, name in places)


def _list(visit: Visit) -> Response:
    desk = _chosen(visit)
    if desk is None:
        return refusal(404)
    with visit.house.database.reading() as connection:
        counted = rule_counts.read(connection, desk.name, visit.now)
    where = places(visit.house, desk)
    return page(
        visit,
        "rules/rules.html",
        tabs=tabs("/rules"),
        desk=desk,
        desks=[(one.name, one.title) for one in visit.house.desks],
        lines=[_line(desk, one, counted.get(one.name, _NEVER), where.lines) for one in desk.rule],
        where=where,
        never=date.min,
        kept_days=rule_counts.KEPT_DAYS,
    )


def _chosen(visit: Visit) -> Desk | None:
    """Give the desk that the address names, the first if it names none."""
    wanted = visit.query("desk") or visit.house.desks[0].name
    return next((one for one in visit.house.desks if one.name == wanted), None)


def _line(desk: Desk, rule: Rule, counted: Counted, lines: Mapping[str, int]) -> _Line:
    return _Line(
        rule=rule,
        asked=tuple(ASKED[moment] for moment in rule.on),
        effects=effects(desk, rule),
        counted=counted,
        line=lines.get(rule.name, 0),
        folded=len(rule.when) > _SHORT,
    )


PAGES = (Page("/rules", _list, Permission.RULES),)
