"""What a desk's policy has to know of a mail's author: what it has no use for is not looked up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from gateway.config import duration
from gateway.config.desk import Desk
from gateway.config.policy import Found

_ASKS_FOR_ACCOUNT = ("customer.orders", "account.", "support.level")
_ASKS_FOR_ANSWERS = "sender.answers"


@dataclass(frozen=True, slots=True)
class Limited:
    """A rule that hits at most so often per sender within a time."""

    rule: str
    most: int
    within: timedelta


@dataclass(frozen=True, slots=True)
class Needs:
    """What a desk has use for; nothing, unless it says so.

    `accounts` are what people ordered, `find_by` the kinds of names by which a text may name an
    account. `columns` hold addresses of partners who get copies. `answers` are the templates of
    canned answers of which rules ask what a sender got within `remembered`. `limited` are the rules
    that have a limit.
    """

    accounts: bool = False
    find_by: tuple[Found, ...] = ()
    columns: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    remembered: timedelta = timedelta()
    limited: tuple[Limited, ...] = ()


NO_NEEDS = Needs()


def needs_of(desk: Desk) -> Needs:
    """Say what a desk has use for."""
    rules, entitlement = desk.rule, desk.entitlement
    conditions = tuple(_conditions(desk))
    asks = any(name in text for text in conditions for name in _ASKS_FOR_ACCOUNT)
    remembers = any(_ASKS_FOR_ANSWERS in text for text in conditions)
    return Needs(
        accounts=bool(entitlement.level or entitlement.find_by) or asks,
        find_by=entitlement.find_by,
        columns=tuple(dict.fromkeys(rule.copy.column for rule in rules if rule.copy)),
        answers=tuple({rule.reply: None for rule in rules if rule.reply}) if remembers else (),
        remembered=duration.parse(desk.remember_answers),
        limited=tuple(
            Limited(rule.name, rule.limit.most, duration.parse(rule.limit.within))
            for rule in rules
            if rule.limit
        ),
    )


def _conditions(desk: Desk) -> Iterator[str]:
    yield from (rule.when for rule in desk.rule)
    for detail in desk.detail:
        yield from (detail.known, detail.when)
