"""What a desk's policy says of a mail before it is decided on: its support, and its rules."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from gateway.config import condition
from gateway.config.desk import Desk
from gateway.config.policy import Level
from gateway.config.vocabulary import Place
from gateway.desk.case import Case
from gateway.desk.entitlement import Holds, entitle
from gateway.desk.facts import Clock, worked_out
from gateway.desk.moment import moment_of
from gateway.desk.rules import rule


def considered(case: Case) -> Case:
    """Give the case with the support that its author may expect, and with what rules make of it.

    Both as of when it was received. Where no rules are asked, neither is looked at.
    """
    moment = moment_of(case)
    if moment is None:
        return case
    at = case.received_at
    clock = Clock(case.desk, at)
    holds = _levels_hold(case.desk, at)
    ticket = case.choice.ticket
    entitled = entitle(case.desk, case.known, case.sender, ticket, clock.today, holds)
    case = replace(case, entitled=entitled)
    return replace(case, ruling=rule(case, moment, at))


def _levels_hold(desk: Desk, now: datetime) -> Holds:
    clock = Clock(desk, now).values()
    time = worked_out(clock, clock)

    def holds(level: Level, facts: Mapping[str, object]) -> bool:
        return condition.holds(Place.LEVEL, level.when, {**facts, **time}).holds

    return holds
