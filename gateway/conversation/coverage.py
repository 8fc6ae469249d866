"""What of the desks their own conversations put to use, and what they leave out."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from gateway.config.desk import Desk
from gateway.conversation.played import Kind, Part
from gateway.conversation.promised import row_of
from gateway.templates import Templates
from gateway.templates.lint import asked_for
from gateway.templates.values import REQUIRED


@dataclass(frozen=True, slots=True)
class Covered:
    """How many parts of a kind a desk has, and which of them no conversation puts to use.

    `desk` is "" for what all desks share.
    """

    desk: str
    kind: Kind
    parts: int
    left_out: tuple[str, ...]


def coverage(
    desks: Iterable[Desk], templates: Templates, used: Collection[Part]
) -> tuple[Covered, ...]:
    """Say for each desk and kind of part what is put to use; shared templates come last.

    One of these counts as used whichever desk it was sent by, unless a desk's file names it.
    """
    desks = tuple(desks)
    found = [
        _covered(desk.name, kind, names, used)
        for desk in desks
        for kind, names in _of(desk, templates)
    ]
    anybody = {Part("", Kind.TEMPLATE, one.name) for one in used if one.kind is Kind.TEMPLATE}
    shared = {key.name for key in templates.found if key.name and not key.desk}
    return (*found, _covered("", Kind.TEMPLATE, sorted(shared), anybody))


def _of(desk: Desk, templates: Templates) -> Iterator[tuple[Kind, list[str]]]:
    """Give what a desk has of its own: by its file, and in its folder of templates."""
    yield Kind.RULE, [rule.name for rule in desk.rule]
    named = {name for name, _ in asked_for(desk)} - set(REQUIRED)
    yield Kind.TEMPLATE, sorted(named | set(templates.own(desk.name)))
    yield Kind.STATUS, [status.name for status in desk.status]
    yield Kind.TIMER, [timer.name for timer in desk.timer]
    yield Kind.TARGET, [row_of(target) for target in desk.target]
    yield Kind.CALENDAR, [calendar.name for calendar in desk.calendar]
    yield Kind.ESCALATION, [escalation.name for escalation in desk.escalation]


def _covered(desk: str, kind: Kind, names: list[str], used: Collection[Part]) -> Covered:
    left_out = tuple(name for name in names if Part(desk, kind, name) not in used)
    return Covered(desk, kind, len(names), left_out)
