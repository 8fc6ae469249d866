"""Time in a desk file: zones, lengths, and targets that can be met."""

from collections.abc import Iterator

from gateway.config.opening_bounds import takes_too_long
from gateway.config.references import References
from gateway.config.service_time import Target, WorkingDays
from gateway.errors import Finding


def check(names: References) -> Iterator[Finding]:
    """Find what is wrong with zones, lengths of time and targets of a desk."""
    desk = names.desk
    yield from names.zone(desk.timezone, "timezone")
    yield from names.duration(desk.remember_answers or "0s", "remember_answers")
    yield from names.duration(desk.reopen_within, "reopen_within")
    yield from names.duration(desk.case_page, "case_page")
    yield from names.duration(desk.duplicates.within or "0s", "duplicates", "within")
    yield from names.duration(desk.incident.within or "0s", "incident", "within")
    yield from names.duration(desk.strangers.within or "0s", "strangers", "within")
    yield from names.twice(desk.chargeable_types, "chargeable_types")
    for index, name in enumerate(desk.chargeable_types):
        yield from names.type(name, "chargeable_types", index)
    for index, target in enumerate(desk.target):
        yield from _target(names, target, index)
    yield from _same_targets(names)


def _target(names: References, target: Target, index: int) -> Iterator[Finding]:
    at = ("target", index)
    for key, find, values in (
        ("types", names.type, target.types),
        ("severities", names.severity, target.severities),
        ("paused_in", names.status, target.paused_in),
        ("met_in", names.status, target.met_in),
    ):
        yield from names.twice(values, *at, key)
        for number, value in enumerate(values):
            yield from find(value, *at, key, number)
    yield from names.twice(target.paused_in_phases, *at, "paused_in_phases")
    yield from names.calendar(target.calendar, *at, "calendar")
    yield from names.languages(target.labels, *at, "labels")
    yield from _within(names, target, index)


def _within(names: References, target: Target, index: int) -> Iterator[Finding]:
    at = ("target", index)
    try:
        allowed = target.allowed
    except ValueError as error:
        yield names.file.finding(f'"within" {error}', *at, "within")
        return
    if allowed is None:
        return
    calendar = next((one for one in names.desk.calendar if one.name == target.calendar), None)
    if isinstance(allowed, WorkingDays):
        wrong = tuple(names.working_days(allowed, target.calendar, *at, "within"))
    else:
        wrong = tuple(names.duration(target.within or "0s", *at, "within"))
    yield from wrong
    if not wrong and takes_too_long(calendar, allowed):
        message = f'"within" takes more than ten years by the calendar "{target.calendar}"'
        yield names.file.finding(message, *at, "within")
    if not target.met_by_answer and not target.met_in:
        message = (
            f'the target "{target.name}" can never be met: it needs "met_by_answer" or "met_in"'
        )
        yield names.file.finding(message, *at)


def _same_targets(names: References) -> Iterator[Finding]:
    """Find targets of one name for the same type and severity."""
    targets = names.desk.target
    for index, target in enumerate(targets):
        for other in targets[:index]:
            same_type = not (
                target.types and other.types and not set(target.types) & set(other.types)
            )
            one, two = set(target.severities), set(other.severities)
            if target.name == other.name and same_type and (not one or not two or one & two):
                message = (
                    f'another target "{target.name}" is for cases of the same type and severity'
                )
                yield names.file.finding(message, "target", index)
                break
