"""The figures of a report, as values. Lengths of time are in seconds where they are numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from gateway.report.period import Period


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report is about: a desk by name and title, and only what is meant of it.

    `organisation` and `product` are "" where all count.
    """

    desk: str
    title: str
    organisation: str = ""
    product: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """How many cases came and went.

    A case is open until it is solved: closed, or in the status that `#resolve` leads to. `resolved`
    and `reopened` count how often that began and ended, so that `open_at_start` and `created` and
    `reopened` are together as many as `resolved` and `open_at_end`. `duplicates` are those of the
    created ones that were merged into others.
    """

    open_at_start: int
    created: int
    duplicates: int
    resolved: int
    reopened: int
    open_at_end: int


@dataclass(frozen=True, slots=True)
class Group:
    """The cases that have something in common, such as their type; `name` is "" for none.

    `open_at_end` is as in `Flow`. `spent` is the time that agents recorded, `charged` what of it is
    charged.
    """

    name: str
    created: int = 0
    resolved: int = 0
    reopened: int = 0
    open_at_end: int = 0
    spent: int = 0
    charged: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the period, from its first day on."""

    day: date
    created: int
    resolved: int


@dataclass(frozen=True, slots=True)
class Reached:
    """How a target was kept, by the cases of one type and severity; both are None for all of them.

    `in_time` counts the cases that met it in time, `missed` those whose time ran out, each in the
    period of the instant at which it was settled. `promised` is what the target says. `reached` are
    those that met it, in time or late, `median` and `ninetieth` the percentiles of the time that
    their clocks had run; None where there are none.
    """

    target: str
    type: str | None
    severity: str | None
    promised: str
    in_time: int
    missed: int
    reached: int
    median: float | None
    ninetieth: float | None

    @property
    def share(self) -> float | None:
        """Give which part was met in time; None where nothing was promised to anybody."""
        settled = self.in_time + self.missed
        return self.in_time / settled if settled else None


@dataclass(frozen=True, slots=True)
class Stayed:
    """How long cases were in a status, by the stays that ended in the period.

    `average` is real time, `working` that of the desk's opening hours, None if it has none.
    """

    status: str
    stays: int
    average: float
    working: float | None


@dataclass(frozen=True, slots=True)
class Aged:
    """The cases that are open at the end and are from `least` up to `below` days old.

    `below` is None for the oldest. Agents have `in_hand` to work on; for `waiting` ones the desk
    waits; `unworked` ones are nobody's work, since a prepared answer was all that they needed.
    """

    least: int
    below: int | None
    in_hand: int
    waiting: int
    unworked: int

    @property
    def total(self) -> int:
        """Count all of them."""
        return self.in_hand + self.waiting + self.unworked


@dataclass(frozen=True, slots=True)
class Spent:
    """The time that agents recorded for cases of a type; "" for none."""

    type: str
    seconds: int
    chargeable: bool


@dataclass(frozen=True, slots=True)
class Ratings:
    """What customers said: how many, how many stars on average, and how many gave each number."""

    count: int
    average: float | None
    by_stars: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Deflection:
    """How many of the created cases needed no agent.

    Of those `answered` by a prepared answer `answered_alone` became nobody's work. Of those for
    which articles were `suggested` `suggested_alone` are solved without an agent's answer. `clicks`
    is how often a link to an article was followed, None where that can't be said of these cases.
    """

    answered: int
    answered_alone: int
    suggested: int
    suggested_alone: int
    clicks: int | None


@dataclass(frozen=True, slots=True)
class Groups:
    """The cases by what they have in common, the largest group first."""

    types: tuple[Group, ...]
    severities: tuple[Group, ...]
    organisations: tuple[Group, ...]
    products: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """All that a report says."""

    scope: Scope
    period: Period
    flow: Flow
    course: tuple[Piece, ...]
    groups: Groups
    targets: tuple[Reached, ...]
    statuses: tuple[Stayed, ...]
    backlog: tuple[Aged, ...]
    spent: tuple[Spent, ...]
    ratings: Ratings
    deflection: Deflection
