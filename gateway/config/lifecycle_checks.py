"""Statuses, and how cases get them: what leads nowhere, and what nothing leads to."""

from collections.abc import Iterator

from gateway.config.desk import Desk, Phase
from gateway.config.policy import Moment
from gateway.config.positions import Location
from gateway.config.references import References, key_of
from gateway.errors import Finding

_COMMANDS = ("wait", "hold", "resolve", "close", "after_hold")


def check(names: References) -> Iterator[Finding]:
    """Find what is wrong with the statuses and the lifecycle of a desk."""
    yield from _statuses(names)
    yield from _lifecycle(names)
    yield from _ways(names)
    yield from _unreachable(names)


def _statuses(names: References) -> Iterator[Finding]:
    for index, status in enumerate(names.desk.status):
        yield from names.languages(status.labels, "status", index, "labels")
        yield from names.twice(status.after, "status", index, "after")
        for number, before in enumerate(status.after):
            yield from names.status(before, "status", index, "after", number)


def _lifecycle(names: References) -> Iterator[Finding]:
    """Find statuses that are none, and such as contradict what they are for."""
    lifecycle, phases = names.desk.lifecycle, _phases(names.desk)
    for key in ("start", "after_customer", "reopened"):
        name = getattr(lifecycle, key)
        yield from names.status(name, "lifecycle", key)
        if phases.get(name) is Phase.CLOSED:
            message = f'"{key}" names the closed status "{name}", but somebody waits'
            yield names.file.finding(message, "lifecycle", key)
    for before, then in lifecycle.after_agent.items():
        at = ("lifecycle", "after_agent", before)
        yield from names.status(before, *at)
        yield from names.status(then, *at)
    for key in _COMMANDS:
        yield from names.status(getattr(lifecycle, key), "lifecycle", key)
    for key, phase, what in (
        ("close", Phase.CLOSED, "closed"),
        ("wait", Phase.WAITING, "waiting"),
    ):
        name = getattr(lifecycle, key)
        if name in phases and phases[name] is not phase:
            message = f'"{key}" names the status "{name}", which is not {what}'
            yield names.file.finding(message, "lifecycle", key)
    if phases.get(lifecycle.hold) is Phase.CLOSED:
        message = f'"hold" names the closed status "{lifecycle.hold}", but the case goes on'
        yield names.file.finding(message, "lifecycle", "hold")


def _ways(names: References) -> Iterator[Finding]:
    """Find ways from one status to another that the `after` of the other does not allow."""
    desk = names.desk
    after = {status.name: status.after for status in desk.status}
    for before, to, at in _moves(desk):
        allowed = after.get(to, ())
        if allowed and before and not set(before) & set(allowed):
            only = " or ".join(f'"{one}"' for one in allowed)
            message = f'"{key_of(at)}" can never lead to "{to}", which comes only after {only}'
            yield names.file.finding(message, *at)


def _moves(desk: Desk) -> Iterator[tuple[tuple[str, ...], str, Location]]:
    """Give each way that a case goes by itself: from which statuses, to which, and where it stands.

    No statuses stand for any.
    """
    lifecycle, phases = desk.lifecycle, _phases(desk)
    waiting = tuple(name for name, phase in phases.items() if phase is Phase.WAITING)
    closed = tuple(name for name, phase in phases.items() if phase is Phase.CLOSED)
    yield waiting, lifecycle.after_customer, ("lifecycle", "after_customer")
    yield closed, lifecycle.reopened, ("lifecycle", "reopened")
    for before, then in lifecycle.after_agent.items():
        yield (before,), then, ("lifecycle", "after_agent", before)
    if lifecycle.hold:
        yield (lifecycle.hold,), lifecycle.after_hold, ("lifecycle", "after_hold")
    for index, timer in enumerate(desk.timer):
        if timer.status:
            yield (timer.status,), timer.then, ("timer", index, "then")
    for index, rule in enumerate(desk.rule):
        if rule.on == (Moment.NEW,):
            yield (lifecycle.start,), rule.set.status, ("rule", index, "set", "status")


def _unreachable(names: References) -> Iterator[Finding]:
    """Find statuses that no case can get; an agent may give a case any that `after` allows."""
    desk = names.desk
    left = {status.name: set(status.after) for status in desk.status if status.after}
    reached = {status.name for status in desk.status} - set(left) | {desk.lifecycle.start}
    while found := {name for name, after in left.items() if after & reached} - reached:
        reached |= found
    for index, status in enumerate(desk.status):
        if status.name not in reached and set(status.after) <= set(left):
            only = " or ".join(f'"{one}"' for one in status.after)
            message = (
                f'no case can get the status "{status.name}": it comes only after {only}, '
                "where no case comes either"
            )
            yield names.file.finding(message, "status", index, "after")


def _phases(desk: Desk) -> dict[str, Phase]:
    return {status.name: status.phase for status in desk.status}
