"""Measuring how long cases took: against targets, and in each status."""

from array import array
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from statistics import median

from gateway.config.desk import Desk, Phase
from gateway.desk.calendar import hours
from gateway.desk.targets import Clock, ClockState, clocks
from gateway.desk.ticket import Ticket
from gateway.report.figures import Reached, Stayed
from gateway.report.flow import stays_of
from gateway.report.period import Period

_MISSED = frozenset({ClockState.LATE, ClockState.MISSED})

# A target, and the type and the severity of cases.
_Key = tuple[str, str, str]


class _Times:
    """What is known of the cases of one type and severity for one target.

    Of each case there is but a number, of eight bytes.
    """

    def __init__(self, promised: str) -> None:
        self.promised = promised
        self.in_time = self.missed = 0
        self.lengths = array("d")

    def add(self, other: "_Times") -> None:
        self.in_time += other.in_time
        self.missed += other.missed
        self.lengths.extend(other.lengths)


class TargetCount:
    """Measures cases against their targets, one by one."""

    def __init__(self, desk: Desk, period: Period) -> None:
        """Begin with none."""
        self._desk = desk
        self._period = period
        self._found: dict[_Key, _Times] = {}

    def add(self, ticket: Ticket) -> None:
        """Measure a case that somebody works on.

        A duplicate's clocks are those of the case that it was merged into.
        """
        if ticket.merged_into or not ticket.is_work:
            return
        for clock in clocks(ticket, self._desk, self._period.until):
            met = clock.met_at is not None and self._period.has(clock.met_at)
            missed = clock.state in _MISSED and _within(self._period, clock.due)
            if met or missed:
                self._count(ticket, clock, met=met, missed=missed)

    def _count(self, ticket: Ticket, clock: Clock, *, met: bool, missed: bool) -> None:
        key = (clock.target.name, ticket.type, ticket.severity)
        times = self._found.get(key)
        if times is None:
            times = self._found[key] = _Times(clock.target.within)
        times.in_time += met and clock.state is ClockState.MET
        times.missed += missed
        if met:
            times.lengths.append(clock.spent.total_seconds())

    def reached(self) -> tuple[Reached, ...]:
        """Give how each target was kept: by all of its cases, then by those of each kind."""
        found: list[Reached] = []
        offered = self._desk.target
        for name in dict.fromkeys(target.name for target in offered):
            kinds = [key for key in self._found if key[0] == name]
            kinds.sort(key=self._order)
            whole = _Times("")
            for key in kinds:
                whole.add(self._found[key])
            promised = {target.within for target in offered if target.name == name}
            whole.promised = promised.pop() if len(promised) == 1 else ""
            found.append(_reached(name, None, None, whole))
            if self._desk.types or self._desk.severities:
                found += [_reached(*key, self._found[key]) for key in kinds]
        return tuple(found)

    def _order(self, key: _Key) -> tuple[int, int, str, str]:
        """Give the place of a kind of case: types and severities are in the desk's order."""
        _, kind, severity = key
        desk = self._desk
        return _place(desk.types, kind), _place(desk.severities, severity), kind, severity


class StayCount:
    """Measures how long cases are in each status, one by one."""

    def __init__(self, desk: Desk, period: Period) -> None:
        """Begin with none."""
        self._desk = desk
        self._period = period
        self._hours = hours(desk, desk.opening_hours) if desk.opening_hours else None
        self._closed = {one.name for one in desk.status if one.phase is Phase.CLOSED}
        self._found: dict[str, tuple[int, float, float]] = {}

    def add(self, ticket: Ticket) -> None:
        """Measure the stays that ended in the period; a closed case rests, however long."""
        stays = stays_of(ticket)
        for stay, following in pairwise(stays):
            if stay.status in self._closed or not self._period.has(following.since):
                continue
            count, real, working = self._found.get(stay.status, (0, 0.0, 0.0))
            real += (following.since - stay.since).total_seconds()
            if self._hours is not None:
                working += self._hours.between(stay.since, following.since).total_seconds()
            self._found[stay.status] = (count + 1, real, working)

    def stayed(self) -> tuple[Stayed, ...]:
        """Give the statuses in the desk's order, then those that it does not have any more."""
        known = [status.name for status in self._desk.status]
        ordered = sorted(self._found, key=lambda name: (_place(known, name), name))
        return tuple(self._stayed(name) for name in ordered)

    def _stayed(self, name: str) -> Stayed:
        count, real, working = self._found[name]
        return Stayed(name, count, real / count, working / count if self._hours else None)


def percentile(ordered: Sequence[float], percent: int) -> float | None:
    """Give the nearest-rank percentile of lengths in order: one that did occur; None of none."""
    rank = -(-percent * len(ordered) // 100)
    return ordered[max(rank, 1) - 1] if ordered else None


def _reached(target: str, kind: str | None, severity: str | None, times: _Times) -> Reached:
    ordered = sorted(times.lengths)
    return Reached(
        target=target,
        type=kind,
        severity=severity,
        promised=times.promised,
        in_time=times.in_time,
        missed=times.missed,
        reached=len(ordered),
        median=median(ordered) if ordered else None,
        ninetieth=percentile(ordered, 90),
    )


def _place(names: Sequence[str], name: str) -> int:
    return names.index(name) if name in names else len(names)


def _within(period: Period, at: datetime | None) -> bool:
    return at is not None and period.has(at)
