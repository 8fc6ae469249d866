"""Which templates are missing: in which language of which desk, and who asks for them."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Protocol

from gateway.config.desk import Desk
from gateway.config.toml_file import TomlFile, read
from gateway.errors import Finding, Misconfigured
from gateway.templates.values import REQUIRED

_AGENTS = "agent/"
_LAST_LANGUAGE = "en"
# Audiences whose templates are asked for by what happens; all others are for agents to send.
_PROGRAMS = ("agent/", "customer/")

Location = tuple[str | int, ...]


class _Chosen(Protocol):
    """What is asked of all templates."""

    def names(self, desk: str) -> tuple[str, ...]: ...
    def own(self, desk: str) -> tuple[str, ...]: ...
    def has(self, desk: str, language: str, name: str) -> bool: ...


def missing(
    templates: _Chosen, desks: Iterable[Desk], *, by_hand: bool = True
) -> Iterator[Finding]:
    """Say which templates a desk names or has and cannot send in each of its languages.

    Without `by_hand` it says nothing of those that only agents send.
    """
    for desk in desks:
        gaps = list(_gaps_of(templates, desk, by_hand=by_hand))
        # Its file is read again only where there is something to say of it.
        file = _file(desk) if gaps else None
        for message, location in gaps:
            yield _finding(file, desk, message, location)


def _gaps_of(templates: _Chosen, desk: Desk, *, by_hand: bool) -> Iterator[tuple[str, Location]]:
    """Give what is missing, each once and where it is asked for first."""
    wanted: dict[str, Location] = {}
    for name, location in asked_for(desk):
        wanted.setdefault(name, location)
    for name in sent_by_hand(templates, desk) if by_hand else ():
        wanted.setdefault(name, ())
    for name, location in wanted.items():
        for message in _gaps(templates, desk, name):
            yield message, location


def asked_for(desk: Desk) -> Iterator[tuple[str, Location]]:
    """Give the templates that a desk's file asks for and where, after those that every desk needs.

    A mail that agents get has to be there in English at least.
    """
    every: list[tuple[str, Location]] = [(name, ()) for name in REQUIRED]
    for place, timer in enumerate(desk.timer):
        every.append((timer.mail, ("timer", place, "mail")))
        told = "notify_with" if timer.notify_with else "notify"
        every.append((timer.notice, ("timer", place, told)))
    for place, rule in enumerate(desk.rule):
        every += [
            (rule.reply, ("rule", place, "reply")),
            (rule.refuse, ("rule", place, "refuse")),
            (rule.notify_with if rule.notify else "", ("rule", place, "notify_with")),
            (rule.copy.mail if rule.copy else "", ("rule", place, "copy")),
        ]
    for place, escalation in enumerate(desk.escalation):
        every.append((escalation.mail, ("escalation", place, "mail")))
    if desk.feedback.ask and desk.feedback.notify:
        every.append(("agent/rated", ("feedback", "notify")))
    if desk.monthly_report:
        every.append(("agent/report", ("monthly_report",)))
    yield from ((name, location) for name, location in every if name)


def sent_by_hand(templates: _Chosen, desk: Desk) -> tuple[str, ...]:
    """Give the names of the canned answers, and of what only this desk has."""
    own = templates.own(desk.name)
    canned = (name for name in templates.names(desk.name) if not name.startswith(_PROGRAMS))
    return tuple(dict.fromkeys((*canned, *own)))


def _gaps(templates: _Chosen, desk: Desk, name: str) -> Iterator[str]:
    known = templates.names(desk.name)
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f'; did you mean "{near[0]}"?' if near else ""
        yield f'there is no template "{name}"{hint}'
        return
    languages = (_LAST_LANGUAGE,) if name.startswith(_AGENTS) else desk.languages
    for language in languages:
        if not templates.has(desk.name, language, name):
            yield f'the desk speaks "{language}", but has no template {language}/{name}'


def _file(desk: Desk) -> TomlFile | None:
    """Read a desk's file again, for the lines of what is said in it."""
    try:
        return read(desk.path) if desk.path.is_file() else None
    except Misconfigured:
        return None


def _finding(file: TomlFile | None, desk: Desk, message: str, location: Location) -> Finding:
    if file is None or not location:
        return Finding(str(desk.path), 0, message)
    return file.finding(message, *location)
