"""When a desk works, and how soon it promises what: its calendars and targets."""

import re
from dataclasses import dataclass as plain_dataclass
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from gateway.config import duration
from gateway.config.policy import Name
from gateway.config.settings import STRICT

Region = Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
"""A country by its two letters (ISO 3166-1), or a part of one, as in `DE-BY` (ISO 3166-2)."""

_WORKING_DAYS = re.compile(r"(\d{1,4})\s+working\s+days?")
_NONE = "none"


@plain_dataclass(frozen=True, slots=True)
class WorkingDays:
    """So many days of a calendar, each as long as its `working_day` says."""

    count: int


@dataclass(frozen=True, slots=True, config=STRICT)
class Calendar:
    """When somebody works.

    `open` are the hours of a week, as in `mon-fri 09:00-12:30 13:00-17:00`; hours that end before
    they begin go over midnight, and belong to the day on which they begin. On public holidays of
    the regions in `holidays`, and on the days in `closed`, nobody works, except in the hours of the
    day in `extra`. Days are `2026-12-24`, or `12-24` for each year. An `always_open` calendar has
    none of these.

    `timezone` is the desk's where it is empty. With `customers_timezone` that of the customer holds
    where the directory has one in its column `timezone`. `working_day` is how long a working day
    counts, where a target has some.
    """

    name: Name
    timezone: str = ""
    customers_timezone: bool = False
    always_open: bool = False
    open: tuple[str, ...] = ()
    holidays: tuple[Region, ...] = ()
    closed: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    working_day: str = ""


@dataclass(frozen=True, slots=True, config=STRICT)
class Target:
    """How soon something is promised, such as a first answer.

    It is for cases of these `types` and `severities`, of any where there are none. `within` is a
    time such as `30m`, a number of working days such as `2 working days`, or `none` where nothing
    is promised. Time counts as the `calendar` says; without one it is real time.

    The clock stands still in the phases `paused_in_phases` and the statuses `paused_in`. The target
    is met by an agent's answer with `met_by_answer`, and when the case gets one of the statuses
    `met_in`.
    """

    name: Name
    within: str
    types: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    calendar: str = ""
    paused_in_phases: tuple[Literal["open", "waiting", "closed"], ...] = ()
    paused_in: tuple[str, ...] = ()
    met_by_answer: bool = False
    met_in: tuple[str, ...] = ()

    @property
    def allowed(self) -> timedelta | WorkingDays | None:
        """Give `within` as a length of time or a number of days, None if nothing is promised.

        Raises ValueError, with a sentence, if it is neither.
        """
        if self.within == _NONE:
            return None
        if days := _WORKING_DAYS.fullmatch(self.within):
            return WorkingDays(int(days[1]))
        try:
            return duration.parse(self.within)
        except ValueError:
            message = 'must be a time such as "4h", or "2 working days", or "none"'
            raise ValueError(message) from None
