"""What counts as put to use, of what a desk has that is about time."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from gateway.config.policy import Escalation
from gateway.config.service_time import Calendar, Target, Timer
from gateway.conversation import Kind, Part
from gateway.conversation.exercised import exercised
from gateway.conversation.firings import firings
from gateway.conversation.promised import calendars, reached, row_of
from lib.desks import DESK

TIMED = replace(
    DESK,
    types=("question", "bug"),
    calendar=(Calendar("office"), Calendar("nights"), Calendar("door"), Calendar("nobodys")),
    target=(
        Target("answer", "4h", types=("bug",), severities=("low",), calendar="office"),
        Target("answer", "8h"),
        Target("solution", "none"),
    ),
    timer=(
        Timer("remind", status="New", after="7d", calendar="nights"),
        Timer("close", status="New", after="9d", only_in="office"),
    ),
    escalation=(Escalation("chief", ("ada@north.example",)), Escalation("chief-of-all", ())),
    opening_hours="door",
)
DESKS = {"north": TIMED}
FIRED: list[dict[str, str]] = [
    {"field": "since", "value": "2026-03-09T09:00:00+00:00"},
    {"field": "alerted", "value": "early"},
    {"field": "fired", "value": "remind#2"},
]


def ticket(kind: str, *events: dict[str, Any], **targets: str) -> dict[str, Any]:
    """Give a ticket in the shape of `show --json`, with how it stands with its targets."""
    return {
        "number": "NO-00013",
        "desk": "north",
        "type": kind,
        "severity": "low",
        "events": list(events),
        "targets": [{"name": name, "state": state} for name, state in targets.items()],
    }


def event(kind: str, why: str = "", *changes: dict[str, str]) -> dict[str, Any]:
    """Give an event in that shape."""
    at = "2026-03-16T09:00:00+00:00"
    return {"kind": kind, "actor": "casepost", "at": at, "why": why, "changes": list(changes)}


def names(parts: Iterable[Part], kind: Kind) -> set[str]:
    """Give the names of the parts of a kind."""
    return {part.name for part in parts if part.kind is kind}


def test_a_target_is_used_when_it_came_to_an_end() -> None:
    """Of a name it is the first that is for the ticket; that a clock runs is not enough."""
    assert ["answer (bug, low)", "answer", "solution"] == [row_of(one) for one in TIMED.target]
    for kind, state, expected in (
        ("bug", "met", {"answer (bug, low)"}),
        ("bug", "late", {"answer (bug, low)"}),
        ("question", "missed", {"answer"}),
        ("bug", "running", set()),
        ("bug", "at-risk", set()),
        ("bug", "paused", set()),
        ("bug", "needless", set()),
    ):
        assert expected == names(reached(DESKS, [ticket(kind, answer=state)]), Kind.TARGET)
    assert {"solution"} == names(
        reached(DESKS, [ticket("bug", solution="unpromised")]), Kind.TARGET
    )
    assert set() == names(reached({}, [ticket("bug", answer="met")]), Kind.TARGET)


def test_a_calendar_is_used_by_what_counts_by_it() -> None:
    """By targets and timers that are used, and by acknowledgements that speak of its hours."""
    for part, expected in (
        (Part("north", Kind.TARGET, "answer (bug, low)"), {"office"}),
        (Part("north", Kind.TARGET, "answer"), set()),
        (Part("north", Kind.TIMER, "remind"), {"nights"}),
        (Part("north", Kind.TIMER, "close"), {"office"}),
        (Part("north", Kind.TEMPLATE, "customer/acknowledge"), {"door"}),
        (Part("south", Kind.TIMER, "remind"), set()),
    ):
        assert expected == names(calendars([TIMED], {part}), Kind.CALENDAR)


def test_a_timer_is_known_by_its_name_however_often_it_fires() -> None:
    """Of those that came too late together, the last one is the one that did something."""
    fired = event("timer-fired", "remind after 7d, 2 of 3", *FIRED)
    held = event("timer-fired", "the hold has ended", {"field": "status", "value": "New"})
    found = list(firings(ticket("bug", event("opened"), fired, held)))
    assert [("remind", ""), ("hold ends", "New")] == [(one.timer, one.status) for one in found]
    assert ["hold ends"] == [one.timer for one in firings(ticket("bug", fired, held), 1)]
    of_day = event("timer-fired", "", {"field": "alerted", "value": "sales#2026-01-31"})
    assert ["sales"] == [one.timer for one in firings(ticket("bug", of_day))]


def test_an_escalation_is_known_by_what_its_event_says() -> None:
    """Also where another one's name begins so."""
    for why, expected in (
        ("chief, to ada@north.example: timer late", {"chief"}),
        ("chief-of-all: rule x", {"chief-of-all"}),
        ("another", set()),
    ):
        said = [ticket("bug", event("escalated", why))]
        used = exercised(said, (), (), lambda _: "", DESKS)
        assert expected == names(used, Kind.ESCALATION)
