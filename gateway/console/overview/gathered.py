"""What an overview says, read from one snapshot of the store."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from gateway.config.desk import Phase
from gateway.console.overview.scope import Scope, Span, days_before, hours_before
from gateway.mail.private import without_private
from gateway.store import aside, books, limits, overview
from gateway.store.books import Account, SourceHealth
from gateway.store.overview import Arrived, Comment, DueNext, Given, Left

_MONTH, _QUARTER, _YEAR = (timedelta(days=count) for count in (30, 90, 365))
WINDOWS = (("past year", _YEAR), ("past 90 days", _QUARTER), ("past 30 days", _MONTH))
"""Since when ratings are counted."""
_MOST_DUE = 10
_MOST_COMMENTS = 5


@dataclass(frozen=True, slots=True)
class Course:
    """What came in, hour by hour or day by day; `begins` are those of the pieces."""

    begins: tuple[datetime, ...]
    arrived: tuple[Arrived, ...]

    def count(self, piece: int, state: str) -> int:
        """Give how many of the mails of a piece of time are in a state."""
        return sum(a.count for a in self.arrived if a.piece == piece and a.state == state)

    def total(self, state: str) -> int:
        """Give how many of all are in a state."""
        return sum(a.count for a in self.arrived if a.state == state)

    @property
    def received(self) -> int:
        """Give how many came in."""
        return sum(a.count for a in self.arrived)


@dataclass(frozen=True, slots=True)
class Backlog:
    """The tickets that are not closed; `phases` gives by desk and status what a status means."""

    left: tuple[Left, ...]
    phases: dict[tuple[str, str], Phase]

    def phase(self, one: Left) -> Phase:
        """Give what the status of tickets means; one that the desk lost is open."""
        return self.phases.get((one.desk, one.status), Phase.OPEN)

    def in_phase(self, phase: str, desk: str = "") -> int:
        """Give how many are in a phase, of one desk or of all."""
        some = (one for one in self.left if not desk or one.desk == desk)
        return sum(one.count for one in some if self.phase(one) == phase)

    @property
    def count(self) -> int:
        """Give how many there are."""
        return sum(one.count for one in self.left)

    @property
    def running(self) -> int:
        """Give of how many a target runs."""
        return sum(one.running for one in self.left)

    def overdue(self, desk: str = "") -> int:
        """Give how many missed a target, of one desk or of all."""
        return sum(one.overdue for one in self.left if not desk or one.desk == desk)

    def at_risk(self, desk: str = "") -> int:
        """Give how many are about to, of one desk or of all."""
        return sum(one.at_risk for one in self.left if not desk or one.desk == desk)


@dataclass(frozen=True, slots=True)
class Ratings:
    """What people said: how often each number of stars in each of `WINDOWS`, and in words."""

    given: tuple[Given, ...]
    comments: tuple[Comment, ...]

    def count(self, window: int = 0) -> int:
        """Give how many ratings there are."""
        return sum(one.counts[window] for one in self.given)

    def average(self, window: int = 0) -> float | None:
        """Give how many stars there are on average; None without a rating."""
        count = self.count(window)
        return sum(one.stars * one.counts[window] for one in self.given) / count if count else None

    def of_stars(self, stars: int) -> int:
        """Give how often so many stars were given in the first window."""
        return sum(one.counts[0] for one in self.given if one.stars == stars)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the house itself does: mails that wait, books, sources, what does not go out, alarms."""

    waiting: int
    waits_since: datetime | None
    aside: dict[str, int]
    unsent: dict[str, int]
    accounts: tuple[Account, ...]
    sources: tuple[SourceHealth, ...]
    alarms: tuple[str, ...]

    @property
    def differing(self) -> tuple[Account, ...]:
        """Give the accounts of which mails are missing, or too many."""
        return tuple(account for account in self.accounts if account.difference)

    def total(self, state: str) -> int:
        """Give how many mails of the accounts are in a state, or `received`."""
        return sum(getattr(account, state) for account in self.accounts)


@dataclass(frozen=True, slots=True)
class Overview:
    """All that a page says; `standing` is None for who may not see it."""

    scope: Scope
    course: Course
    backlog: Backlog
    due: tuple[DueNext, ...]
    ratings: Ratings
    standing: Standing | None
    is_new: bool


def gather(connection: Connection, scope: Scope, now: datetime, *, with_standing: bool) -> Overview:
    """Read what an overview says."""
    phases = {(d.name, status.name): status.phase for d in scope.desks for status in d.status}
    backlog = Backlog(overview.left(connection, scope.names, now), phases)
    return Overview(
        scope=scope,
        course=_course(connection, scope, now),
        backlog=backlog,
        due=_due(connection, scope) if backlog.running else (),
        ratings=_ratings(connection, scope, now),
        standing=_standing(connection, scope, now) if with_standing else None,
        is_new=not backlog.count and overview.is_new(connection, scope.names),
    )


def _course(connection: Connection, scope: Scope, now: datetime) -> Course:
    if scope.span is Span.MONTH:
        begins = days_before(now)
        days = [f"{begin:%Y-%m-%d}" for begin in begins]
        return Course(begins, overview.arrived_by_day(connection, scope.narrowed, days))
    begins = hours_before(now)
    arrived = overview.arrived_by_hour(connection, scope.narrowed, begins[0], len(begins))
    return Course(begins, arrived)


def _due(connection: Connection, scope: Scope) -> tuple[DueNext, ...]:
    found = overview.due_next(connection, scope.names, _MOST_DUE)
    return tuple(replace(one, subject=without_private(one.subject)) for one in found)


def _ratings(connection: Connection, scope: Scope, now: datetime) -> Ratings:
    since = [now - length for _, length in WINDOWS]
    given = overview.ratings(connection, scope.narrowed, since)
    if not given:
        return Ratings((), ())
    said = overview.comments(connection, scope.names, since[0], _MOST_COMMENTS)
    return Ratings(given, tuple(replace(one, comment=without_private(one.comment)) for one in said))


def _standing(connection: Connection, scope: Scope, now: datetime) -> Standing:
    return Standing(
        waiting=overview.waiting(connection),
        waits_since=aside.waits_since(connection),
        aside=overview.aside(connection, scope.narrowed),
        unsent=overview.unsent(connection),
        accounts=books.accounts(connection, (now - _MONTH).date()),
        sources=books.health(connection),
        alarms=limits.raised(connection, now),
    )
