"""A report's figures as one would count them by hand: from every event of every case.

Nothing that the program itself counts with is in use here.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from math import ceil
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from lib.year import Case, Year

_DAY = timedelta(days=1)
_HERE = ZoneInfo("Europe/Amsterdam")
_SOLVED = ("Settled", "Shut")
_ALLOWED = {
    ("response", None, None): timedelta(minutes=90),
    ("resolution", "fault", "red"): timedelta(hours=16),
    ("resolution", "fault", "blue"): timedelta(hours=40),
    ("resolution", "wish", "red"): None,
    ("resolution", "wish", "blue"): None,
}


def open_seconds(begin: datetime, end: datetime) -> float:
    """Count the seconds from Monday to Friday between 8 and 16 o'clock in UTC."""
    found = 0.0
    day = begin.date()
    while day <= end.date():
        if day.isoweekday() <= 5:
            opens = max(begin, datetime.combine(day, time(8), UTC))
            closes = min(end, datetime.combine(day, time(16), UTC))
            found += max((closes - opens).total_seconds(), 0.0)
        day += _DAY
    return found


class Told:
    """A case as its events tell it up to an instant.

    `begun` is when its mail came, `statuses` are those that it got, `turns` say when it was
    resolved and reopened, `answered_at` when an agent answered first.
    """

    def __init__(self, case: Case, until: datetime) -> None:
        """Go through all that happened to a case."""
        self.case = case
        self.until = until
        self.begun = until
        self.statuses: list[tuple[str, datetime]] = []
        self.turns: list[tuple[str, datetime]] = []
        self.answered_at: datetime | None = None
        for event in case.events:
            for change in event.changes:
                if change.field == "submitted":
                    self.begun = datetime.fromisoformat(change.value)
                if event.at < until and change.field == "answered":
                    self.answered_at = self.answered_at or event.at
                if event.at < until and change.field == "status":
                    self._gets(change.value, event.at)

    def _gets(self, status: str, at: datetime) -> None:
        if self.statuses and self.statuses[-1][0] == status:
            return
        was = bool(self.statuses) and self.statuses[-1][0] in _SOLVED
        self.statuses.append((status, at))
        if (status in _SOLVED) != was:
            self.turns.append(("reopened" if was else "resolved", at))

    def is_open(self, at: datetime) -> bool:
        """Say whether it was open just before an instant."""
        had = [status for status, since in self.statuses if since < at]
        return self.begun < at and not (had and had[-1] in _SOLVED)


def recount(
    year: Year, first: date, last: date, organisation: str = "", product: str = ""
) -> dict[str, Any]:
    """Count all that `casepost report --json` says which is not how a status is spread."""
    begin = datetime.combine(first, time(), _HERE).astimezone(UTC)
    end = datetime.combine(last + _DAY, time(), _HERE).astimezone(UTC)
    told = [
        Told(case, end)
        for case in year.cases
        if organisation in {"", case.ticket.organisation} and product in {"", case.ticket.product}
    ]
    told = [one for one in told if one.begun < end]
    created = [one for one in told if begin <= one.begun]
    ratings = [s for one in told for s, at in one.case.rated if begin <= at < end]
    return {
        "cases": {
            "open_at_start": sum(one.is_open(begin) for one in told),
            "created": len(created),
            "duplicates": sum(one.case.ticket.merged_into > 0 for one in created),
            "resolved": _turns(told, "resolved", begin),
            "reopened": _turns(told, "reopened", begin),
            "open_at_end": sum(one.is_open(end) for one in told),
        },
        **{f"by_{name}": _groups(told, name, begin, end) for name in _NAMES},
        "targets": _targets(told, begin, end),
        "statuses": _statuses(told, begin),
        "backlog": _backlog(told, end),
        "time_spent": _spent(told, begin),
        "ratings": (len(ratings), sum(ratings) / len(ratings) if ratings else None),
        "deflection": _deflection(created, end),
    }


_NAMES = ("type", "severity", "organisation", "product")


def _turns(told: Sequence[Told], what: str, begin: datetime) -> int:
    return sum(turn == what and at >= begin for one in told for turn, at in one.turns)


def _groups(
    told: Sequence[Told], name: str, begin: datetime, end: datetime
) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    recorded = [(one, *entry) for one in told for entry in _recorded(one, begin)]
    kinds = {getattr(one.case.ticket, name) for one in told}
    for value in kinds | {kind for _, kind, _ in recorded if name == "type"}:
        own = [one for one in told if getattr(one.case.ticket, name) == value]
        spent = [
            (kind, seconds)
            for one, kind, seconds in recorded
            if value == (kind if name == "type" else getattr(one.case.ticket, name))
        ]
        counts = (
            sum(one.begun >= begin for one in own),
            _turns(own, "resolved", begin),
            _turns(own, "reopened", begin),
            sum(one.is_open(end) for one in own),
            sum(seconds for _, seconds in spent),
            sum(seconds for kind, seconds in spent if kind == "wish"),
        )
        if any(counts):
            found[value] = counts
    return found


def _recorded(one: Told, begin: datetime) -> Iterator[tuple[str, int]]:
    """Give the time that was recorded for a case, with the type that it had."""
    for event in one.case.events:
        said = {change.field: change.value for change in event.changes}
        if "time_spent" in said and begin <= event.at < one.until:
            yield said.get("spent_on", one.case.ticket.type), int(said["time_spent"])


def _spent(told: Sequence[Told], begin: datetime) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in told:
        for kind, seconds in _recorded(one, begin):
            found[kind] = found.get(kind, 0) + seconds
    return found


def _statuses(told: Sequence[Told], begin: datetime) -> dict[str, tuple[int, float, float]]:
    lengths: dict[str, list[tuple[float, float]]] = {}
    for one in told:
        had = one.statuses
        for (status, since), (_, until) in pairwise(had):
            if status != "Shut" and until >= begin:
                real = (until - since).total_seconds()
                lengths.setdefault(status, []).append((real, open_seconds(since, until)))
    return {
        status: (
            len(all_),
            sum(r for r, _ in all_) / len(all_),
            sum(w for _, w in all_) / len(all_),
        )
        for status, all_ in lengths.items()
    }


def _backlog(told: Sequence[Told], end: datetime) -> dict[int, tuple[int, int, int]]:
    found = {least: [0, 0, 0] for least in (0, 1, 3, 7, 14, 30, 90)}
    for one in told:
        if one.is_open(end):
            least = max(least for least in found if end - one.begun >= least * _DAY)
            status = one.statuses[-1][0] if one.statuses else "Fresh"
            column = 2 if not one.case.ticket.is_work else int(status == "Asked")
            found[least][column] += 1
    return {least: (a, b, c) for least, (a, b, c) in found.items()}


def _deflection(created: Sequence[Told], end: datetime) -> tuple[int, int, int, int]:
    tickets = [one.case.ticket for one in created]
    alone = [
        one
        for one in created
        if one.case.ticket.suggested
        and not one.is_open(end)
        and one.answered_at is None
        and not one.case.ticket.merged_into
    ]
    answered = [ticket for ticket in tickets if ticket.canned]
    return (
        len(answered),
        sum(not ticket.is_work for ticket in answered),
        sum(ticket.suggested > 0 for ticket in tickets),
        len(alone),
    )


_Kept = tuple[int, int, int, float | None, float | None]


def _targets(
    told: Sequence[Told], begin: datetime, end: datetime
) -> dict[tuple[str, str, str], _Kept]:
    found: dict[tuple[str, str, str], _Kept] = {}
    kinds = {(one.case.ticket.type, one.case.ticket.severity) for one in told}
    for target in ("response", "resolution"):
        for kind in kinds:
            key = (target, *((None, None) if target == "response" else kind))
            if key not in _ALLOWED:
                continue
            settled = [
                _settled(one, target, _ALLOWED[key], begin, end)
                for one in told
                if (one.case.ticket.type, one.case.ticket.severity) == kind
                and one.case.ticket.is_work
                and not one.case.ticket.merged_into
            ]
            lengths = sorted(length for _, _, some in settled for length in some)
            in_time, missed = sum(one[0] for one in settled), sum(one[1] for one in settled)
            if in_time or missed or lengths:
                ninetieth = lengths[ceil(len(lengths) * 9 / 10) - 1] if lengths else None
                middle = median(lengths) if lengths else None
                found[target, *kind] = (in_time, missed, len(lengths), middle, ninetieth)
    return found


def _settled(
    one: Told, target: str, allowed: timedelta | None, begin: datetime, end: datetime
) -> tuple[int, int, list[float]]:
    """Say whether a case met a target in time, missed it, and how long it took, in this time."""
    met_at = one.answered_at if target == "response" else None
    if target == "resolution" and one.statuses[-1:] and one.statuses[-1][0] in _SOLVED:
        met_at = next(at for what, at in reversed(one.turns) if what == "resolved")
    spent, over = 0.0, None
    had = one.statuses
    ends = [since for _, since in had[1:]] + [end]
    begins = [one.begun, *(since for _, since in had[1:])]
    for (status, _), since, until in zip(had, begins, ends, strict=True):
        stands = ("Shut",) if target == "response" else ("Asked", "Settled", "Shut")
        if status in stands:
            continue
        stop = min(until, met_at or end)
        if stop <= since:
            continue
        more = open_seconds(since, stop)
        if over is None and allowed is not None and spent + more >= allowed.total_seconds():
            over = _instant(since, allowed.total_seconds() - spent)
        spent += more
    met = met_at is not None and met_at >= begin
    late = over is not None and (met_at is None or met_at > over)
    in_time = met and allowed is not None and not late
    missed = late and over is not None and begin <= over < end
    return int(in_time), int(missed), [spent] if met else []


def _instant(since: datetime, seconds: float) -> datetime:
    """Give when so many seconds of opening hours have passed, by going from day to day."""
    day = since.date()
    while True:
        if day.isoweekday() <= 5:
            opens = max(since, datetime.combine(day, time(8), UTC))
            left = (datetime.combine(day, time(16), UTC) - opens).total_seconds()
            if left >= seconds:
                return opens + timedelta(seconds=seconds)
            seconds -= max(left, 0.0)
        day += _DAY
