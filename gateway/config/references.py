"""The names in a desk file: what stands for something, and what for nothing."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo, available_timezones

from gateway.config import duration
from gateway.config.desk import Desk
from gateway.config.opening_bounds import MOST_WORKING_DAYS
from gateway.config.positions import Location
from gateway.config.service_time import WorkingDays
from gateway.config.toml_file import TomlFile, did_you_mean
from gateway.errors import Finding

EVERY_AGENT = "agents"
EVERY_MANAGER = "managers"
THE_ASSIGNEE = "assignee"
WORDS = (EVERY_AGENT, EVERY_MANAGER, THE_ASSIGNEE)
"""Targets that are no names of somebody."""

AGENTS = ("agent",)
PARTNERS = ("partner",)

_TEMPLATE = re.compile(r"([a-z0-9][a-z0-9-]*)/[a-z0-9][a-z0-9-]*")
_LONGEST = timedelta(days=3660)
_BY_STATUS = "after_agent"


@dataclass(frozen=True, slots=True)
class References:
    """A desk's names, as its file has them; each method finds what is wrong with one of them."""

    file: TomlFile
    desk: Desk

    def status(self, name: str, *at: str | int) -> Iterator[Finding]:
        """Find a status that the desk does not have; "" is none."""
        names = tuple(status.name for status in self.desk.status)
        yield from self._named("status", name, names, "no [[status]] has", at)

    def severity(self, name: str, *at: str | int) -> Iterator[Finding]:
        """Find a severity that the desk does not have; "" is none."""
        yield from self._named("severity", name, self.desk.severities, 'is not in "severities"', at)

    def type(self, name: str, *at: str | int) -> Iterator[Finding]:
        """Find a type that the desk does not have; "" is none."""
        yield from self._named("type", name, self.desk.types, 'is not in "types"', at)

    def language(self, name: str, *at: str | int) -> Iterator[Finding]:
        """Find a language that the desk does not speak; "" is none."""
        yield from self._named("language", name, self.desk.languages, 'is not in "languages"', at)

    def languages(self, names: Iterable[str], *at: str | int) -> Iterator[Finding]:
        """Find languages that the desk does not speak among those that something is said in."""
        for name in names:
            if name not in self.desk.languages:
                message = f'"{key_of(at)}" has words in "{name}", which is not in "languages"'
                yield self.file.finding(message, *at, name)

    def escalation(self, name: str, *at: str | int) -> Iterator[Finding]:
        """Find an escalation that the desk does not have; "" is none."""
        names = tuple(one.name for one in self.desk.escalation)
        yield from self._named("escalation", name, names, "no [[escalation]] has", at)

    def calendar(self, name: str, *at: str | int) -> Iterator[Finding]:
        """Find a calendar that the desk does not have; "" is none."""
        names = tuple(one.name for one in self.desk.calendar)
        yield from self._named("calendar", name, names, "no [[calendar]] has", at)

    def target(self, name: str, *at: str | int) -> Iterator[Finding]:
        """Find a target that the desk does not have; "" is none."""
        names = tuple(dict.fromkeys(one.name for one in self.desk.target))
        yield from self._named("target", name, names, "no [[target]] has", at)

    def assignee(self, text: str, *at: str | int) -> Iterator[Finding]:
        """Find who or what no case can be assigned to; "" is nobody."""
        if text:
            yield from self._people(text, (), at)

    def targets(self, texts: Collection[str], *at: str | int) -> Iterator[Finding]:
        """Find who cannot be told of something, and who stands there twice."""
        yield from self.twice(texts, *at)
        for index, text in enumerate(texts):
            yield from self._people(text, WORDS, (*at, index))

    def twice(self, texts: Iterable[str], *at: str | int) -> Iterator[Finding]:
        """Find what stands in a list for the second time."""
        for index, text in repeated(texts):
            yield self.file.finding(f'"{text}" stands in "{key_of(at)}" twice', *at, index)

    def template(self, name: str, audiences: Collection[str], *at: str | int) -> Iterator[Finding]:
        """Find what is no template's name, or one of another audience; "" is none.

        No `audiences` stand for all who are customers.
        """
        if not name:
            return
        key = key_of(at)
        match = _TEMPLATE.fullmatch(name)
        if match is None:
            example = f"{next(iter(audiences), 'customer')}/reminder"
            yield self.file.finding(f'"{key}" must be a template such as "{example}"', *at)
        elif audiences and match[1] not in audiences:
            whom = " or ".join(f'"{one}/..."' for one in audiences)
            message = f'"{key}" must be a template {whom}, and "{name}" is for others'
            yield self.file.finding(message, *at)
        elif not audiences and match[1] in (*AGENTS, *PARTNERS):
            message = f'"{key}" goes to a customer, and "{name}" is a template for others'
            yield self.file.finding(message, *at)

    def zone(self, name: str, *at: str | int) -> Iterator[Finding]:
        """Find what is no time zone; "" is none."""
        try:
            ZoneInfo(name or "UTC")
        except (ValueError, OSError):  # a key that is a folder of zones, for one
            known: tuple[str, ...] = ()
        except KeyError:  # the zoneinfo module's own is one
            known = tuple(sorted(available_timezones()))
        else:
            return
        message = f'"timezone" is "{name}", which is no time zone{did_you_mean(name, known)}'
        yield self.file.finding(message, *at)

    def duration(
        self, text: str, *at: str | int, longest: timedelta = _LONGEST
    ) -> Iterator[Finding]:
        """Find what is no length of time above nothing; "" is none."""
        if not text:
            return
        try:
            length = duration.parse(text)
        except ValueError as error:
            yield self.file.finding(f'"{key_of(at)}" {error}', *at)
            return
        if not timedelta() < length <= longest:
            most = "ten years" if longest == _LONGEST else f"{longest // timedelta(hours=1)} hours"
            message = f'"{key_of(at)}" must be more than nothing and at most {most}'
            yield self.file.finding(message, *at)

    def working_days(
        self, days: WorkingDays, calendar: str, *at: str | int, often: str = ""
    ) -> Iterator[Finding]:
        """Find too many working days, and those of which nobody says how long one is.

        The table that they stand in names the `calendar`; `often` is what is said after the key.
        """
        found = next((one for one in self.desk.calendar if one.name == calendar), None)
        if not 0 < days.count <= MOST_WORKING_DAYS:
            message = f'"{key_of(at)}"{often} must be 1 to {MOST_WORKING_DAYS} working days'
            yield self.file.finding(message, *at)
        elif not calendar:
            message = f'"{key_of(at)}" has working days, and needs a "calendar"'
            yield self.file.finding(message, *at)
        elif found and not found.working_day:
            message = f'the calendar "{calendar}" does not say how long a "working_day" is'
            yield self.file.finding(message, *at[:-1], "calendar")

    def same_names(self, what: str, names: Iterable[str], *at: str | int) -> Iterator[Finding]:
        """Find the second of two with one name; `at` is where the list of them stands."""
        for index, name in repeated(names):
            yield self.file.finding(f'there are two {what} named "{name}"', *at, index, "name")

    def _named(
        self, what: str, name: str, names: tuple[str, ...], lack: str, at: Location
    ) -> Iterator[Finding]:
        if name and name not in names:
            hint = did_you_mean(name, names)
            message = f'"{key_of(at)}" names the {what} "{name}", which {lack}{hint}'
            yield self.file.finding(message, *at)

    def _people(self, text: str, words: tuple[str, ...], at: Location) -> Iterator[Finding]:
        """Find a name of agents that stands for nobody who works for the desk now."""
        active = {agent.address: agent.active for agent in self.desk.agent}
        groups = tuple(group.name for group in self.desk.group)
        managers = any(agent.active and agent.role == "manager" for agent in self.desk.agent)
        if text in active and not active[text]:
            yield self.file.finding(f'"{key_of(at)}" names {text}, who is not active', *at)
        elif text == EVERY_MANAGER and text in words and not managers:
            yield self.file.finding(f'"{key_of(at)}" names "managers", and the desk has none', *at)
        elif text not in (*active, *groups, *words):
            known = (*words, *groups, *active)
            lack = "is no agent's address" if "@" in text else "is neither a group nor an agent"
            message = f'"{key_of(at)}" names "{text}", which {lack}{did_you_mean(text, known)}'
            yield self.file.finding(message, *at)


def repeated(values: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Give what was there before, with its index; small and capital letters make no difference."""
    seen: set[str] = set()
    for index, value in enumerate(values):
        if value.casefold() in seen:
            yield index, value
        seen.add(value.casefold())


def key_of(at: Location) -> str:
    """Give the key that a location is in; a table by statuses has none of its own inside."""
    if _BY_STATUS in at:
        return _BY_STATUS
    return next((step for step in reversed(at) if isinstance(step, str)), "")
