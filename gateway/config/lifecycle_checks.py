"""Statuses, how cases get them, and timers: what leads nowhere, and what nothing leads to."""

from collections.abc import Iterator
from datetime import timedelta

from gateway.config.desk import Desk, Phase
from gateway.config.policy import Moment, Rule
from gateway.config.positions import Location
from gateway.config.references import References, key_of
from gateway.config.service_time import Timer, WorkingDays
from gateway.errors import Finding

_COMMANDS = ("wait", "hold", "resolve", "close", "after_hold")


def check(names: References) -> Iterator[Finding]:
    """Find what is wrong with the statuses, the lifecycle and the timers of a desk."""
    yield from _statuses(names)
    yield from _lifecycle(names)
    yield from _ways(names)
    yield from _unreachable(names)
    yield from _timers(names)
    yield from _late_timers(names)


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


def _timers(names: References) -> Iterator[Finding]:
    for index, timer in enumerate(names.desk.timer):
        at = ("timer", index)
        if not timer.status:
            yield names.file.finding('"status" must not be empty', *at, "status")
        yield from names.status(timer.status, *at, "status")
        yield from names.status(timer.then, *at, "then")
        yield from names.template(timer.mail, (), *at, "mail")
        if not timer.after:
            yield names.file.finding('"after" must not be empty', *at, "after")
        yield from names.duration(timer.after, *at, "after")
        if timer.then and timer.then == timer.status:
            message = '"then" names the status that the case has already'
            yield names.file.finding(message, *at, "then")
        if not timer.mail and not timer.then and not _is_asked_for(timer, names.desk.rule):
            message = 'a timer needs "mail", "then", or a rule on "time" that asks for it'
            yield names.file.finding(message, *at)


def _is_asked_for(timer: Timer, rules: tuple[Rule, ...]) -> bool:
    """Say whether a rule on time is for a timer: it names that one, or none at all."""
    asked = (rule.when for rule in rules if Moment.TIME in rule.on)
    return any(f'"{timer.name}"' in c or f"'{timer.name}'" in c or "timer" not in c for c in asked)


def _late_timers(names: References) -> Iterator[Finding]:
    """Find timers that run out only once an earlier one has moved the case elsewhere."""
    delays = [_delay(timer) for timer in names.desk.timer]
    for index, timer in enumerate(names.desk.timer):
        for other, delay in zip(names.desk.timer, delays, strict=True):
            moves = other.then and other.then != other.status and other.status == timer.status
            if moves and delay < delays[index]:
                message = f'never fires: "{other.name}" moves the case to "{other.then}" before'
                yield names.file.finding(message, "timer", index, "after")
                break


def _delay(timer: Timer) -> timedelta:
    try:
        delay = timer.delay
    except ValueError:
        return timedelta()  # a finding of its own, and before nothing
    return timedelta(days=delay.count) if isinstance(delay, WorkingDays) else delay


def _phases(desk: Desk) -> dict[str, Phase]:
    return {status.name: status.phase for status in desk.status}
