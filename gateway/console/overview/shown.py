"""The pages of the overview: the whole one, and its figures, which a script fetches anew."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from starlette.responses import HTMLResponse, Response

from gateway.config.desk import Phase
from gateway.console.moments import span as length_of
from gateway.console.overview.charts import Column, bar, columns, top_of
from gateway.console.overview.gathered import WINDOWS, Backlog, Course, Overview, gather
from gateway.console.overview.scope import Scope, Span, scope_of
from gateway.console.render import page, part
from gateway.console.roles import Permission
from gateway.console.visit import Page, Visit
from gateway.store.books import SourceHealth
from gateway.store.overview import AGES, Left
from gateway.store.spool import State

_MOST_STARS = 5
# From the floor of a column up.
_OUTCOMES = (State.FILED, State.DUPLICATE, State.HELD, State.WAITING, State.FAILED)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the backlog: its name, and how many there are in hand and waited for."""

    name: str
    in_hand: int
    waiting: int
    overdue: int = 0
    at_risk: int = 0
    address: str = ""

    @property
    def count(self) -> int:
        """Give how many there are."""
        return self.in_hand + self.waiting


def _overview(visit: Visit) -> Response:
    return page(visit, "overview.html", **_values(visit))


def _figures(visit: Visit) -> Response:
    return HTMLResponse(part(visit, "overview_figures.html", **_values(visit)))


def _values(visit: Visit) -> dict[str, object]:
    scope = scope_of(visit)
    with visit.house.database.reading() as connection:
        found = gather(
            connection, scope, visit.now, with_standing=visit.may(Permission.QUEUES.value)
        )
    return {
        "scope": scope,
        "found": found,
        "now": visit.now,
        "spans": Span,
        "chart": _chart(scope, found.course),
        "outcomes": [state.value for state in _OUTCOMES],
        "tables": _tables(scope, found.backlog),
        "windows": [name for name, _ in WINDOWS],
        "stars": range(_MOST_STARS, 0, -1),
        "bar": bar,
        "names": defaultdict(str, {a.address: a.name for d in scope.desks for a in d.agent}),
        "is_ill": _is_ill,
        "sentence": _sentence(found),
        "smtp": visit.house.settings.listener,
    }


def _sentence(found: Overview) -> str:
    """Sum up what somebody should know at once."""
    backlog = found.backlog
    said = [
        f"{backlog.in_phase(Phase.OPEN)} in hand",
        f"{backlog.overdue()} overdue",
        f"{backlog.at_risk()} at risk",
    ]
    if found.standing and found.standing.alarms:
        said.append(f"{len(found.standing.alarms)} alarms")
    return ", ".join(said) + "."


@dataclass(frozen=True, slots=True)
class _Chart:
    """The chart of what came in, and what is written beside it."""

    drawn: str
    top: int
    columns: tuple[Column, ...]
    labels: tuple[str, str, str]


def _chart(scope: Scope, course: Course) -> _Chart:
    by_day = scope.span is Span.MONTH
    drawn = tuple(
        Column(
            f"{begin.day} {begin:%b}" if by_day else f"{begin:%H:%M} UTC",
            tuple((state.value, course.count(place, state)) for state in _OUTCOMES),
        )
        for place, begin in enumerate(course.begins)
    )
    said = ", ".join(f"{course.total(state)} {state.value}" for state in _OUTCOMES)
    when = "each of the last 30 days" if by_day else "each of the last 24 hours"
    picture = columns("intake", f"Mails that came in {when}, by outcome", said, drawn)
    middle = len(drawn) // 2
    labels = (drawn[0].label, drawn[middle].label, drawn[-1].label)
    return _Chart(picture, top_of(drawn), drawn, labels)


def _tables(scope: Scope, backlog: Backlog) -> list[tuple[str, tuple[Row, ...]]]:
    """Give the backlog as tables with their titles: by desk, or of one by status and severity."""
    found = []
    desk = scope.chosen
    if desk is None:
        rows = (
            Row(
                one.title,
                backlog.in_phase(Phase.OPEN, one.name),
                backlog.in_phase(Phase.WAITING, one.name),
                backlog.overdue(one.name),
                backlog.at_risk(one.name),
                scope.address(desk=one.name),
            )
            for one in scope.desks
        )
        found.append(("By desk", tuple(rows)))
    else:
        known = [status.name for status in desk.status if status.phase is not Phase.CLOSED]
        names = dict.fromkeys([*known, *(one.status for one in backlog.left)])
        by_status = (_row(name, backlog, _those(backlog, "status", name)) for name in names)
        found.append(("By status", tuple(by_status)))
        if desk.severities:
            names = dict.fromkeys([*desk.severities, *(one.severity for one in backlog.left)])
            rows = (_row(n or "none", backlog, _those(backlog, "severity", n)) for n in names)
            found.append(("By severity", tuple(rows)))
    found.append(("By age", tuple(_of_age(backlog, nth) for nth in range(len(AGES)))))
    return found


def _those(backlog: Backlog, field: str, value: str) -> list[Left]:
    return [one for one in backlog.left if getattr(one, field) == value]


def _row(name: str, backlog: Backlog, some: Iterable[Left]) -> Row:
    counted = {Phase.OPEN: 0, Phase.WAITING: 0}
    overdue = at_risk = 0
    for one in some:
        counted[_in_hand_or_not(backlog, one)] += one.count
        overdue += one.overdue
        at_risk += one.at_risk
    return Row(name, counted[Phase.OPEN], counted[Phase.WAITING], overdue, at_risk)


def _of_age(backlog: Backlog, nth: int) -> Row:
    counted = {Phase.OPEN: 0, Phase.WAITING: 0}
    for one in backlog.left:
        counted[_in_hand_or_not(backlog, one)] += one.ages[nth]
    return Row(_age(nth), counted[Phase.OPEN], counted[Phase.WAITING])


def _in_hand_or_not(backlog: Backlog, one: Left) -> Phase:
    return Phase.WAITING if backlog.phase(one) is Phase.WAITING else Phase.OPEN


def _age(nth: int) -> str:
    """Name a piece of the backlog by its age."""
    begin = length_of(AGES[nth])
    if nth == 0:
        return f"Under {length_of(AGES[1])}"
    if nth == len(AGES) - 1:
        return f"{begin} and older"
    return f"{AGES[nth] // timedelta(days=1)} to {length_of(AGES[nth + 1])}"


def _is_ill(source: SourceHealth) -> bool:
    """Say whether a source's last attempt went wrong."""
    if source.last_error_at is None:
        return False
    return source.last_success_at is None or source.last_success_at < source.last_error_at


PAGES = (
    Page("/", _overview, Permission.SIGNED_IN),
    Page("/overview", _overview, Permission.OVERVIEW),
    Page("/overview/figures", _figures, Permission.OVERVIEW, by_itself=True),
)
