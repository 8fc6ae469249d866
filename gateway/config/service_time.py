"""When a desk works, and how soon it promises what: its calendars and targets."""

import re
from dataclasses import dataclass as plain_dataclass
from dataclasses import field
from datetime import timedelta
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from gateway.config import duration
from gateway.config.kinds import STRICT
from gateway.config.policy import Name, Texts

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

    After a day in `closed` may stand what it is called, which people are told.

    `timezone` is the desk's where it is empty. With `customers_timezone` that of the customer holds
    where the directory has one in its column `timezone`. `working_day` is how long a working day
    counts, where a target has some.
    """

    name: Name
    timezone: str = ""
    customers_timezone: bool = False
    always_open: bool = False
    open: tuple[str, ...] = ()
    holidays: Annotated[tuple[Region, ...], Field(max_length=20)] = ()
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
    `met_in`; a case that leaves these again has its clock go on.

    `labels` are what people read in place of its name, by language. Acknowledgements say when it
    is due, unless it is not `promised`.
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
    labels: Texts = field(default_factory=dict)
    promised: bool = True

    @property
    def allowed(self) -> timedelta | WorkingDays | None:
        """Give `within` as a length of time or a number of days, None if nothing is promised.

        Raises ValueError, with a sentence, if it is neither.
        """
        if self.within == _NONE:
            return None
        try:
            return length(self.within)
        except ValueError as error:
            raise ValueError(f'{error}, or "none"') from None


@dataclass(frozen=True, slots=True, config=STRICT)
class Timer:
    """What happens to a case by itself when a time has passed.

    What it counts from is one of three. A `status`: it fires `after` the case got it, and with
    `times` so often, each time so long after the one before; leaving the status forgets it. A
    `target`: it fires so long `before` that is due, or `after` it was missed, at once where neither
    stands there; once until the case is reopened. A column of the directory such as
    `evaluating_since`, with `since`: it fires so long `after` the requester's day there, while the
    case is not closed, or only while it has the status `status`.

    Times are real time, or that of the `calendar`, which `2 working days` need. Outside of the
    hours of the calendar `only_in` it waits for them.

    `mail` is a template that is sent to the requester, `then` the status that the case gets.
    `notify` are targets as in `Rule.notify`, told by `notify_with`; `escalate` is an escalation's
    name. One of these is there, or a rule on time that asks for it.
    """

    name: Name
    status: str = ""
    target: str = ""
    since: str = ""
    after: str = ""
    before: str = ""
    times: Annotated[int, Field(ge=1, le=20)] = 1
    calendar: str = ""
    only_in: str = ""
    mail: str = ""
    then: str = ""
    notify: tuple[str, ...] = ()
    notify_with: str = ""
    escalate: str = ""

    @property
    def delay(self) -> timedelta | WorkingDays:
        """Give `after`, or `before` where there is none, as a length of time or a number of days.

        Nothing at all is no time. Raises ValueError, with a sentence, if it is neither.
        """
        return length(self.after or self.before or "0s")

    @property
    def notice(self) -> str:
        """Give the template by which it tells those whom it notifies, "" where it tells nobody."""
        if not self.notify:
            return ""
        missed = "agent/target-missed" if self.target else "agent/reminder"
        return self.notify_with or ("agent/target-at-risk" if self.before else missed)


@lru_cache(maxsize=1024)
def length(text: str) -> timedelta | WorkingDays:
    """Read a time such as `4h`, or `2 working days`. Raises ValueError if it is neither."""
    if days := _WORKING_DAYS.fullmatch(text):
        return WorkingDays(int(days[1]))
    try:
        return duration.parse(text)
    except ValueError:
        raise ValueError('must be a time such as "4h", or "2 working days"') from None
