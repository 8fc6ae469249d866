"""Counting the cases that came and went, and those that are left."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime, timedelta

from gateway.config.desk import Desk, Phase
from gateway.desk.ticket import Stay, Ticket
from gateway.report.figures import Aged, Deflection, Flow, Group, Groups, Piece
from gateway.report.period import Course, Period

_DAY = timedelta(days=1)
# The ages, in whole days, at which the pieces of a backlog begin.
_AGES = (0, 1, 3, 7, 14, 30, 90)

_CREATED, _RESOLVED, _REOPENED, _OPEN, _SPENT, _CHARGED = range(6)

Kind = tuple[str, str, str, str]
"""The type, severity, organisation and product of a case."""


def solved(desk: Desk) -> frozenset[str]:
    """Give the statuses of solved cases: the closed ones, and where `#resolve` leads to."""
    closed = {status.name for status in desk.status if status.phase is Phase.CLOSED}
    return frozenset(closed | {desk.lifecycle.resolve} - {""})


def begun(ticket: Ticket) -> datetime:
    """Give when a case began: when the mail that opened it reached us."""
    return ticket.submitted_at or ticket.opened_at


def stays_of(ticket: Ticket) -> tuple[Stay, ...]:
    """Give the stays of a ticket; it has always had a status."""
    return ticket.stays or (Stay(ticket.status, begun(ticket)),)


class FlowCount:
    """Counts cases one by one, those that the period says nothing of as well."""

    def __init__(self, desk: Desk, period: Period, course: Course) -> None:
        """Begin with none."""
        self._desk = desk
        self._period = period
        self._course = course
        self._solved = solved(desk)
        self._at_start = self._duplicates = 0
        self._total = [0] * 6
        self._pieces = [[0, 0] for _ in course.days]
        self._groups: tuple[dict[str, list[int]], ...] = ({}, {}, {}, {})
        self._ages = [[0, 0, 0] for _ in _AGES]
        self._deflected = [0] * 4

    def add(self, ticket: Ticket) -> None:
        """Count a case as its ledger says that it was when the period ended."""
        since = begun(ticket)
        if since >= self._period.until:
            return
        counted = [0] * 6
        if since >= self._period.begin:
            counted[_CREATED] = 1
            self._duplicates += ticket.merged_into != 0
            self._pieces[self._course.piece(since)][0] += 1
        status, at_start, at_end = self._follow(ticket, counted)
        self._at_start += since < self._period.begin and not at_start
        if not at_end:
            counted[_OPEN] = 1
            self._age(ticket, status, self._period.until - since)
        if counted[_CREATED]:
            self._deflect(ticket, is_solved=at_end)
        kind = (ticket.type, ticket.severity, ticket.organisation, ticket.product)
        self._sum(kind, counted)

    def spend(self, kind: Kind, seconds: int, *, charged: bool) -> None:
        """Count time that was spent on a case of such a kind."""
        counted = [0] * 6
        counted[_SPENT], counted[_CHARGED] = seconds, seconds if charged else 0
        self._sum(kind, counted)

    def _follow(self, ticket: Ticket, counted: list[int]) -> tuple[str, bool, bool]:
        """Follow the stays of a case.

        Gives the last status in the period, and whether it was solved at its start and its end.
        """
        statuses = self._solved
        if ticket.phase is Phase.CLOSED and ticket.status not in statuses:
            statuses = statuses | {ticket.status}  # the desk had it before
        stays = stays_of(ticket)
        status = stays[0].status
        at_start = is_solved = False
        for stay in stays:
            if stay.since >= self._period.until:
                break
            status = stay.status
            becomes = status in statuses
            if stay.since < self._period.begin:
                at_start = becomes
            elif becomes and not is_solved:
                counted[_RESOLVED] += 1
                self._pieces[self._course.piece(stay.since)][1] += 1
            elif is_solved and not becomes:
                counted[_REOPENED] += 1
            is_solved = becomes
        return status, at_start, is_solved

    def _age(self, ticket: Ticket, status: str, age: timedelta) -> None:
        waits = self._desk.phase_of(status) is Phase.WAITING
        column = 2 if not ticket.is_work else int(waits)
        self._ages[bisect_right(_AGES, age // _DAY) - 1][column] += 1

    def _deflect(self, ticket: Ticket, *, is_solved: bool) -> None:
        answered_at = ticket.first_answered_at
        by_agent = answered_at is not None and answered_at < self._period.until
        answered, suggested = bool(ticket.canned), ticket.suggested > 0
        self._deflected[0] += answered
        self._deflected[1] += answered and not ticket.is_work
        self._deflected[2] += suggested
        self._deflected[3] += suggested and is_solved and not by_agent and not ticket.merged_into

    def _sum(self, kind: Kind, counted: list[int]) -> None:
        added = [(place, number) for place, number in enumerate(counted) if number]
        if not added:
            return
        rows = [self._total]
        for group, name in zip(self._groups, kind, strict=True):
            row = group.get(name)
            if row is None:
                row = group[name] = [0] * 6
            rows.append(row)
        for row in rows:
            for place, number in added:
                row[place] += number

    def flow(self) -> Flow:
        """Give how many came and went."""
        total = self._total
        return Flow(
            open_at_start=self._at_start,
            created=total[_CREATED],
            duplicates=self._duplicates,
            resolved=total[_RESOLVED],
            reopened=total[_REOPENED],
            open_at_end=total[_OPEN],
        )

    def course(self) -> tuple[Piece, ...]:
        """Give how many came and went in each piece of the period."""
        return tuple(
            Piece(day, *counted)
            for day, counted in zip(self._course.days, self._pieces, strict=True)
        )

    def groups(self) -> Groups:
        """Give the cases by what they have in common; types and severities as the desk has them."""
        types, severities, organisations, products = self._groups
        return Groups(
            types=_ordered(types, self._desk.types),
            severities=_ordered(severities, self._desk.severities),
            organisations=_ordered(organisations),
            products=_ordered(products),
        )

    def backlog(self) -> tuple[Aged, ...]:
        """Give what is left, by age."""
        below = (*_AGES[1:], None)
        return tuple(
            Aged(least, most, *counted)
            for least, most, counted in zip(_AGES, below, self._ages, strict=True)
        )

    def deflection(self, clicks: int | None) -> Deflection:
        """Give how many needed no agent, with so many clicks on articles."""
        answered, alone, suggested, solved_alone = self._deflected
        return Deflection(answered, alone, suggested, solved_alone, clicks)


def _ordered(groups: dict[str, list[int]], known: Iterable[str] = ()) -> tuple[Group, ...]:
    """Give groups: those that a desk names in its order, then the largest ones, then none."""
    places = {name: place for place, name in enumerate(known)}

    def order(item: tuple[str, list[int]]) -> tuple[bool, int, int, str]:
        name, counted = item
        return not name, places.get(name, len(places)), -counted[_CREATED], name

    return tuple(Group(name, *counted) for name, counted in sorted(groups.items(), key=order))
