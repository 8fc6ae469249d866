"""Timers in a desk file: what they count from, what they do, and those that can never fire."""

import re
from collections.abc import Iterator
from datetime import timedelta

from gateway.config.desk import Phase
from gateway.config.opening_bounds import LONGEST, takes_too_long
from gateway.config.policy import Moment, Rule
from gateway.config.references import AGENTS, References
from gateway.config.service_time import Timer, WorkingDays
from gateway.config.toml_file import did_you_mean
from gateway.errors import Finding

_COLUMN = re.compile(r"[a-z][a-z0-9_]{0,62}")
_DATES = ("contract_until", "purchased_on", "evaluating_since")


def check(names: References) -> Iterator[Finding]:
    """Find what is wrong with the timers of a desk."""
    for index, timer in enumerate(names.desk.timer):
        yield from _counts_from(names, timer, index)
        for key in ("after", "before"):
            yield from _length(names, timer, key, getattr(timer, key), index)
        yield from _does(names, timer, index)
        yield from _contradictions(names, timer, index)
    yield from _late(names)


def _counts_from(names: References, timer: Timer, index: int) -> Iterator[Finding]:
    at = ("timer", index)
    yield from names.status(timer.status, *at, "status")
    yield from names.target(timer.target, *at, "target")
    if timer.since and not _COLUMN.fullmatch(timer.since):
        hint = did_you_mean(timer.since, _DATES)
        message = f'"since" must be a column of the directory: a-z, 0-9 and _{hint}'
        yield names.file.finding(message, *at, "since")
    if timer.target:
        for key in ("status", "since"):
            if getattr(timer, key):
                message = f'"{key}" contradicts "target": a timer counts from one of them'
                yield names.file.finding(message, *at, key)
    elif not timer.status and not timer.since:
        message = 'a timer counts from one of "status", "target" and "since", and has none'
        yield names.file.finding(message, *at)
    elif not timer.since and not timer.after and not timer.before:
        yield names.file.finding('"after" must not be empty', *at, "after")
    phases = {status.name: status.phase for status in names.desk.status}
    if timer.since and phases.get(timer.status) is Phase.CLOSED:
        message = f'never fires: "{timer.status}" is closed, and days count until then'
        yield names.file.finding(message, *at, "status")


def _length(names: References, timer: Timer, key: str, text: str, index: int) -> Iterator[Finding]:
    """Find what is no length of time above nothing, or has days that no calendar counts."""
    at = ("timer", index)
    if not text:
        return
    try:
        length = timer.delay
    except ValueError as error:
        yield names.file.finding(f'"{key}" {error}', *at, key)
        return
    calendar = next((one for one in names.desk.calendar if one.name == timer.calendar), None)
    whole: timedelta | WorkingDays
    if isinstance(length, WorkingDays):
        whole = WorkingDays(length.count * timer.times)
        wrong = tuple(names.working_days(whole, timer.calendar, *at, key, often=_often(timer)))
    else:
        whole = length * timer.times
        wrong = tuple(_real_time(names, timer, key, whole, index))
    yield from wrong
    if not wrong and takes_too_long(calendar, whole):
        message = f'"{key}" takes more than ten years by the calendar "{timer.calendar}"'
        yield names.file.finding(message, *at, key)


def _real_time(
    names: References, timer: Timer, key: str, whole: timedelta, index: int
) -> Iterator[Finding]:
    if not timedelta() < whole <= LONGEST:
        message = f'"{key}"{_often(timer)} must be more than nothing and at most ten years'
        yield names.file.finding(message, "timer", index, key)


def _often(timer: Timer) -> str:
    return " with its times" if timer.times > 1 else ""


def _does(names: References, timer: Timer, index: int) -> Iterator[Finding]:
    at = ("timer", index)
    yield from names.calendar(timer.calendar, *at, "calendar")
    yield from names.calendar(timer.only_in, *at, "only_in")
    yield from names.template(timer.mail, (), *at, "mail")
    yield from names.status(timer.then, *at, "then")
    yield from names.targets(timer.notify, *at, "notify")
    yield from names.template(timer.notify_with, AGENTS, *at, "notify_with")
    yield from names.escalation(timer.escalate, *at, "escalate")
    done = timer.mail or timer.then or timer.notify or timer.escalate
    if not done and not _is_asked_for(timer, names.desk.rule):
        message = (
            'a timer needs "mail", "then", "notify", "escalate", or a rule on "time" that '
            "asks for it"
        )
        yield names.file.finding(message, *at)


def _is_asked_for(timer: Timer, rules: tuple[Rule, ...]) -> bool:
    """Say whether a rule on time is for a timer: it names that one, or none at all."""
    asked = (rule.when for rule in rules if Moment.TIME in rule.on)
    return any(f'"{timer.name}"' in c or f"'{timer.name}'" in c or "timer" not in c for c in asked)


def _contradictions(names: References, timer: Timer, index: int) -> Iterator[Finding]:
    """Find what says nothing, or contradicts something else."""
    for key, wrong, message in (
        ("then", timer.status, '"then" names the status that the case has already'),
        ("before", not timer.target, '"before" is only for a timer of a "target"'),
        ("before", timer.after, '"before" contradicts "after"'),
        (
            "times",
            timer.times > 1 and not timer.status,
            '"times" is only for a timer of a "status"',
        ),
        (
            "times",
            timer.times > 1 and timer.then,
            '"times" contradicts "then", which moves the case at the first time',
        ),
        (
            "calendar",
            not timer.after and not timer.before,
            '"calendar" counts nothing: neither "after" nor "before" is there',
        ),
        ("notify_with", not timer.notify, '"notify_with" needs "notify" beside it'),
    ):
        given = timer.then == timer.status if key == "then" else getattr(timer, key)
        if wrong and given:
            yield names.file.finding(message, "timer", index, key)
    yield from _before(names, timer, index)


def _before(names: References, timer: Timer, index: int) -> Iterator[Finding]:
    """Find timers of targets that nothing is promised for, or whose warning comes at once."""
    targets = [one for one in names.desk.target if one.name == timer.target]
    try:
        delay, allowed = timer.delay, [one.allowed for one in targets]
    except ValueError:
        return  # findings of their own
    promised = [one for one in allowed if one is not None]
    if targets and not promised:
        message = f'never fires: nothing is promised by the target "{timer.target}"'
        yield names.file.finding(message, "timer", index, "target")
    same = all(one.calendar == timer.calendar for one in targets)
    if timer.before and promised and same and all(_is_longer(delay, one) for one in promised):
        message = f'"before" is as long as the target "{timer.target}" itself'
        yield names.file.finding(message, "timer", index, "before")


def _is_longer(one: timedelta | WorkingDays, other: timedelta | WorkingDays) -> bool:
    """Say whether a length is another, or more; what is not measured alike is not."""
    if isinstance(one, WorkingDays) and isinstance(other, WorkingDays):
        return one.count >= other.count
    if isinstance(one, timedelta) and isinstance(other, timedelta):
        return one >= other
    return False


def _late(names: References) -> Iterator[Finding]:
    """Find timers that run out only once an earlier one has moved the case elsewhere."""
    of_status = [(i, one) for i, one in enumerate(names.desk.timer) if one.status and not one.since]
    for index, timer in of_status:
        for _, other in of_status:
            moves = other.then and other.then != other.status and other.status == timer.status
            if (
                moves
                and other is not timer
                and timer.calendar == other.calendar
                and _is_later(timer, other)
            ):
                often = f" {timer.times} times" if timer.times > 1 else ""
                message = (
                    f'never fires{often}: "{other.name}" moves the case to "{other.then}" before'
                )
                yield names.file.finding(message, "timer", index, "after")
                break


def _is_later(timer: Timer, other: Timer) -> bool:
    try:
        late, early = timer.delay, other.delay
    except ValueError:
        return False  # a finding of its own
    if isinstance(late, WorkingDays) and isinstance(early, WorkingDays):
        return late.count * timer.times > early.count
    if isinstance(late, timedelta) and isinstance(early, timedelta):
        return late * timer.times > early
    return False
