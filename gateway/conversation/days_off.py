"""Holidays of a conversation: days on which its desk is closed, in that conversation only."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from gateway.config import opening
from gateway.config.load import Configuration
from gateway.config.opening import Day
from gateway.conversation.table import Table

_KEYS = ("date", "name")


def read_holidays(table: Table) -> tuple[str, ...]:
    """Read the tables [[holiday]] as a calendar's `closed` has such days.

    What is wrong is noted in the table's findings.
    """
    found: dict[Day, str] = {}
    for one in table.tables("holiday", "must be written as [[holiday]]"):
        one.has_only(_KEYS)
        text, name = _date(one), one.text("name")
        try:
            day = opening.parse_day(text) if text else None
        except ValueError as error:
            one.wrong(f'"date" {error}', "date")
            continue
        if day in found:
            one.wrong(f"the day {text} is a holiday already", "date")
        if day:
            found[day] = f"{text} {name}".strip()
    return tuple(found.values())


def _date(table: Table) -> str:
    """Read the key `date`, with quotes or without; "" if there is none, or it is no day."""
    value = table.tree.get("date")
    if isinstance(value, datetime):
        table.wrong('"date" must be a day such as 2026-12-24, without a time', "date")
        return ""
    return value.isoformat() if isinstance(value, date) else table.needed_text("date").strip()


def with_holidays(
    configuration: Configuration, desk: str, holidays: Sequence[str]
) -> Configuration:
    """Give a configuration in which all calendars of a desk that ever close are closed then."""
    if not holidays:
        return configuration
    desks = []
    for one in configuration.desks:
        calendars = tuple(
            c if c.always_open else replace(c, closed=(*c.closed, *holidays)) for c in one.calendar
        )
        desks.append(replace(one, calendar=calendars) if one.name == desk else one)
    return replace(configuration, desks=tuple(desks))
