"""Lists of tickets: what fits, in which order, page by page."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from gateway.store import ticket_list
from gateway.store.schema import tickets
from gateway.store.ticket_list import Listing, Order, Place, Shown, Sought, page_of
from lib.workbench import START, Workbench, workbench

HOUR = timedelta(hours=1)
DESKS = ("north", "south")


ASKED: tuple[tuple[Sought, list[int]], ...] = (
    (Sought(()), []),
    (Sought(("south",)), [5]),
    (Sought(DESKS, Shown.OPEN), [5, 3, 2, 1]),
    (Sought(DESKS, Shown.WAITING), [4]),
    (Sought(DESKS, Shown.CLOSED), [6]),
    (Sought(DESKS, status="Answered"), [3]),
    (Sought(DESKS, severity="high"), [2]),
    (Sought(DESKS, type="query"), [2]),
    (Sought(DESKS, assignee=""), [5, 4, 3, 2]),
    (Sought(DESKS, assignee="ada@north.example"), [1]),
    (Sought(DESKS, group="second"), [4]),
    (Sought(DESKS, tag='50% "off"'), [3]),
    (Sought(DESKS, tag="50%"), []),
    (Sought(DESKS, words=("KEY",)), [2]),
    (Sought(DESKS, words=("licence", "jan2")), [2]),
    (Sought(DESKS, words=("licence", "jan3")), []),
    (Sought(DESKS, words=("acme",)), [4]),
    (Sought(DESKS, words=("no-0003",)), [3]),
    (Sought(DESKS, words=("%",)), []),
    (Sought(DESKS, words=("_",)), []),
)


def enter(bench: Workbench, number: int, **fields: object) -> None:
    """Enter the row of a ticket, which is open, of `north`, and nobody's."""
    at = START + number * HOUR
    row = {
        "id": number,
        "number": f"NO-{number:04}",
        "desk": "north",
        "subject": f"Case {number}",
        "status": "New",
        "phase": "open",
        "requester": f"jan{number}@klant.example",
        "opened_at": at,
        "updated_at": at,
        **dict.fromkeys(("type", "severity", "assignee"), ""),
        "participants": [],
        "fired": [],
        "language": "en",
        "version": 1,
        "since": at,
        "answerable": True,
        **fields,
    }
    with bench.house.database.writing(durable=False) as connection:
        connection.execute(tickets.insert(), [row])


def listed(
    bench: Workbench, sought: Sought, behind: Place | None = None, most: int = 50
) -> Listing:
    """Give a page."""
    with bench.house.database.reading() as connection:
        return page_of(connection, sought, behind, most)


def ids(listing: Listing) -> list[int]:
    """Give the ids of a page's tickets."""
    return [line.id for line in listing.lines]


def test_what_is_due_soonest_comes_first_and_what_is_not_due_last(bench: Workbench) -> None:
    """Of those that are not due the last change comes first; closed ones are not listed."""
    enter(bench, 1)
    enter(bench, 2, due_at=START + 9 * HOUR)
    enter(bench, 3, due_at=START + 2 * HOUR)
    enter(bench, 4, phase="closed", due_at=START)
    enter(bench, 5, phase="waiting")
    assert [3, 2, 5, 1] == ids(listed(bench, Sought(DESKS)))
    assert [5, 4, 3, 2, 1] == ids(listed(bench, Sought(DESKS, Shown.ALL)))
    assert [5, 3, 2, 1] == ids(listed(bench, Sought(DESKS, order=Order.UPDATED)))


def test_pages_go_on_where_the_one_before_ended(bench: Workbench) -> None:
    """Whatever the size of a page, each ticket stands on exactly one, also of one moment."""
    for number in range(1, 12):
        due = {"due_at": START + (number // 3) * HOUR} if number % 4 else {}
        enter(bench, number, updated_at=START, **due)
    for sought in (Sought(DESKS), Sought(DESKS, Shown.ALL), Sought(DESKS, order=Order.UPDATED)):
        whole = ids(listed(bench, sought))
        assert 11 == len(whole)
        for most in (1, 2, 3, 4, 11):
            found: list[int] = []
            behind: Place | None = None
            for _ in range(12):
                page = listed(bench, sought, behind, most)
                found += ids(page)
                behind = page.behind
                if behind is None:
                    break
            assert whole == found


def test_what_is_asked_for_is_what_is_listed(bench: Workbench) -> None:
    """Each filter is taken as it is written; what databases read as a pattern is none."""
    enter(bench, 1, assignee="ada@north.example")
    enter(bench, 2, subject="Where is my licence key?", severity="high", type="query")
    enter(bench, 3, status="Answered", tags=['50% "off"'])
    enter(bench, 4, phase="waiting", group="second", organisation="Acme")
    enter(bench, 5, desk="south")
    enter(bench, 6, phase="closed")
    for sought, expected in ASKED:
        assert (sought, expected) == (sought, ids(listed(bench, sought)))


def test_overdue_ones_alone(bench: Workbench) -> None:
    """What was due by then, and nothing that is not due at all."""
    enter(bench, 1, due_at=START)
    enter(bench, 2, due_at=START + 2 * HOUR)
    enter(bench, 3)
    assert [1] == ids(listed(bench, Sought(DESKS, late=START + HOUR)))


def test_a_page_looks_through_only_so_many(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However few fit: it says that it goes on, and pages together still find all of them."""
    monkeypatch.setattr(ticket_list, "_LOOKED_THROUGH", 4)
    for number in range(1, 21):
        fields = {"due_at": START + number * HOUR} if number <= 10 else {}
        enter(bench, number, severity="high" if number in {9, 19} else "", **fields)
    found: list[list[int]] = []
    behind: Place | None = None
    for _ in range(20):
        page = listed(bench, Sought(DESKS, severity="high"), behind)
        found.append(ids(page))
        behind = page.behind
        if behind is None:
            break
        assert page.goes_on
    assert [9, 19] == [one for page in found for one in page]
    assert 2 < len(found) < 20


def test_a_list_is_read_by_its_indexes(tmp_path: Path) -> None:
    """No statement of a page reads the whole table, or sorts it."""
    plans: list[tuple[str, str]] = []
    statements: list[tuple[str, Any]] = []

    def noted(*said: object) -> None:
        statements.append((str(said[2]), said[3]))

    with (
        workbench(tmp_path, "sqlite:///casepost.db") as bench,
        bench.house.database.reading() as connection,
    ):
        event.listen(connection, "before_cursor_execute", noted)
        for sought in (Sought(DESKS), Sought(DESKS, Shown.ALL), Sought(DESKS, words=("x",))):
            for behind in (None, Place(3, START, dueless=False), Place(3, START, dueless=True)):
                page_of(connection, sought, behind, 50)
        asked = list(statements)
        for statement, bound in asked:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", bound)
            plans += [(row.detail, statement) for row in rows]
    assert [] == [one for one in plans if "TEMP B-TREE" in one[0] or "INDEX" not in one[0]]
