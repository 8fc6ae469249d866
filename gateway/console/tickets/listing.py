"""The list of tickets: what is asked for stands in its address, so that it can be kept."""

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from gateway.console.desks import desks_of
from gateway.console.render import page
from gateway.console.tickets.address import address_of
from gateway.console.tickets.asked import FIELDS, ME, NOBODY, asked_of, place_of, sought_of, written
from gateway.console.tickets.choices import choices_of
from gateway.console.visit import Visit
from gateway.store import ticket_list

_MOST = 50
# What is asked for by a tab, and its name.
_TABS: tuple[tuple[Mapping[str, str], str], ...] = (
    ({}, "Not closed"),
    ({"assignee": ME}, "Mine"),
    ({"assignee": NOBODY}, "Of nobody yet"),
    ({"late": "yes"}, "Overdue"),
    ({"shown": "all"}, "All"),
)
# What does not narrow a list, and what stands apart since it is seldom needed.
_BROAD = frozenset({"order", "shown", "desk"})
_SELDOM = frozenset({"status", "severity", "type", "group", "tag", "order"})


def listing(visit: Visit) -> Response:
    """Answer with the tickets that are asked for; a case number alone leads to its case."""
    asked = asked_of(visit)
    seen = desks_of(visit)
    chosen = tuple(desk for desk in seen if desk.name == asked.get("desk")) or seen
    sought = sought_of(visit, asked, chosen)
    behind = place_of(visit.query("after"))
    with visit.house.database.reading() as connection:
        named = asked.get("q", "")
        number = ticket_list.number_like(connection, named, sought.desks) if named else ""
        if number:
            return RedirectResponse(address_of(number), 303)
        found = ticket_list.page_of(connection, sought, behind, _MOST)
    return page(
        visit,
        "tickets.html",
        asked={name: asked.get(name, "") for name in FIELDS},
        choices=choices_of(chosen),
        desks=seen,
        found=found,
        first=_here(asked) if behind else "",
        older=_here({**asked, "after": written(found.behind)}) if found.behind else "",
        names={agent.address: agent.name for desk in seen for agent in desk.agent},
        narrowed=bool(asked.keys() - _BROAD),
        more=bool(asked.keys() & _SELDOM),
        tabs=tuple((_here(tab), name, _is_here(tab, asked)) for tab, name in _TABS),
        now=visit.now,
    )


def _here(asked: Mapping[str, str]) -> str:
    return f"/tickets?{urlencode(asked)}" if asked else "/tickets"


def _is_here(tab: Mapping[str, str], asked: Mapping[str, str]) -> bool:
    """Say whether a tab is what is asked for, whatever else narrows it."""
    of_tabs = {name for one, _ in _TABS for name in one}
    return dict(tab) == {name: value for name, value in asked.items() if name in of_tabs}
