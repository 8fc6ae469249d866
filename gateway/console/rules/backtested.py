"""Backtests: past mails decided on anew under the files as they stand, and what would differ."""

from datetime import timedelta

from starlette.responses import RedirectResponse, Response

from gateway.console.render import page, part, refusal
from gateway.console.roles import Permission
from gateway.console.rules.listed import tabs
from gateway.console.rules.running import Wanted, start
from gateway.console.visit import Page, Visit
from gateway.store import backtests
from gateway.store.backtests import Backtested, BacktestState

_DAYS = ("1", "7", "30", "90", "365")
_ON_A_PAGE = 50
_STOPPED = "{} has stopped it."

TONES = {
    BacktestState.RUNNING: "accent",
    BacktestState.DONE: "good",
    BacktestState.FAILED: "bad",
}
"""How urgent a state is, in the words of the style sheet."""


def _list(visit: Visit) -> Response:
    with visit.house.database.reading() as connection:
        found = backtests.latest(connection, visit.now)
    return page(
        visit,
        "rules/backtests.html",
        tabs=tabs("/rules/backtests"),
        found=found,
        tones=TONES,
        runs=any(one.state is BacktestState.RUNNING for one in found),
        desks=[("", "All desks"), *((one.name, one.title) for one in visit.house.desks)],
        days=[(days, "1 day" if days == "1" else f"{days} days") for days in _DAYS],
        busy=bool(visit.query("busy")),
    )


def _start(visit: Visit) -> Response:
    """Begin a backtest, unless one runs."""
    desk, days = visit.form.get("desk", ""), visit.form.get("days", "30")
    if days not in _DAYS or desk not in {"", *(one.name for one in visit.house.desks)}:
        return refusal(400)
    since = visit.now - timedelta(days=int(days))
    with visit.house.database.writing() as connection:
        number = backtests.begin(connection, visit.user.address, desk, since, visit.now)
        if number is not None:
            over = f"{days} days of {desk or 'all desks'}"
            visit.note(connection, "backtest.start", f"backtest {number}", over)
    if number is None:
        return RedirectResponse("/rules/backtests?busy=1", 303)
    start(visit.house.database, Wanted(number, str(visit.house.path), since, desk))
    return RedirectResponse(f"/rules/backtests/{number}", 303)


def _show(visit: Visit) -> Response:
    found = _found(visit)
    if found is None:
        return refusal(404)
    differences = found.differences
    first = _first(visit, len(differences))
    return page(
        visit,
        "rules/backtest.html",
        tabs=tabs("/rules/backtests"),
        one=found,
        tones=TONES,
        status=_status(visit, found),
        differences=differences[first : first + _ON_A_PAGE],
        first=first,
        count=len(differences),
        newer=_page_at(found, first - _ON_A_PAGE) if first else "",
        older=_page_at(found, first + _ON_A_PAGE) if first + _ON_A_PAGE < len(differences) else "",
    )


def _part(visit: Visit) -> Response:
    """Answer with how far a backtest is, for a page that is being looked at."""
    found = _found(visit)
    if found is None:
        return refusal(404)
    state = {"x-backtest": found.state.value}
    return Response(_status(visit, found), media_type="text/html; charset=utf-8", headers=state)


def _stop(visit: Visit) -> Response:
    """End a backtest: its process ends as soon as it has something to say."""
    number = int(visit.request.path_params["id"])
    result = {"problem": _STOPPED.format(visit.user.address), "findings": []}
    with visit.house.database.writing() as connection:
        if backtests.end(connection, number, BacktestState.FAILED, result, visit.now):
            visit.note(connection, "backtest.stop", f"backtest {number}")
    return RedirectResponse(f"/rules/backtests/{number}", 303)


def _found(visit: Visit) -> Backtested | None:
    number = int(visit.request.path_params["id"])
    with visit.house.database.reading() as connection:
        return backtests.find(connection, number, visit.now)


def _status(visit: Visit, found: Backtested) -> str:
    return part(visit, "rules/progress.html", one=found, tones=TONES)


def _first(visit: Visit, count: int) -> int:
    """Give which difference a page begins with."""
    wanted = visit.query("from")
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 9 else 0
    return number if number < count else 0


def _page_at(found: Backtested, first: int) -> str:
    return f"/rules/backtests/{found.id}?from={max(first, 0)}"


_ONE = "/rules/backtests/{id:id}"

PAGES = (
    Page("/rules/backtests", _list, Permission.RULES),
    Page("/rules/backtests", _start, Permission.RULES, posts=True),
    Page(_ONE, _show, Permission.RULES),
    Page(f"{_ONE}/progress", _part, Permission.RULES),
    Page(f"{_ONE}/stop", _stop, Permission.RULES, posts=True),
)
