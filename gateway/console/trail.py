"""What was done by whom, for admins."""

from urllib.parse import urlencode

from starlette.responses import Response

from gateway.console.render import page
from gateway.console.roles import Permission
from gateway.console.visit import Page, Visit
from gateway.store import audit

_A_PAGE = 50
# What the actions of the trail begin with, and what people call that.
_AREAS = (
    ("", "everything"),
    ("session", "signing in and out"),
    ("user", "users"),
    ("template", "templates"),
    ("ticket", "tickets"),
    ("mail", "mails"),
    ("outbox", "outgoing mails"),
    ("backtest", "backtests"),
)


def _shown(visit: Visit) -> Response:
    actor = visit.query("actor").strip().lower()[:320]
    area = visit.query("area")
    area = area if area in dict(_AREAS) else ""
    before = _number(visit.query("before"))
    with visit.house.database.reading() as connection:
        found = audit.latest(connection, _A_PAGE + 1, before=before, actor=actor, area=area)
    shown = found[:_A_PAGE]
    asked = {name: value for name, value in (("actor", actor), ("area", area)) if value}
    older = newest = ""
    if len(found) > _A_PAGE:
        older = f"/audit?{urlencode(asked | {'before': str(shown[-1].id)})}"
    if before is not None:
        newest = f"/audit?{urlencode(asked)}"
    return page(
        visit,
        "audit.html",
        acts=shown,
        actor=actor,
        kind=area,
        kinds=_AREAS,
        older=older,
        newest=newest,
    )


def _number(text: str) -> int | None:
    """Read an id from an address; None if it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


PAGES = (Page("/audit", _shown, Permission.AUDIT),)
