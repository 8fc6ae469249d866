"""What the page of a case says of how it goes on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.config.desk import Phase, Status
from gateway.config.service_time import Calendar, Target, Timer
from gateway.desk.case_page import Awaited, Outlook, label, outlook
from gateway.desk.decision import Promise
from gateway.desk.ticket import Stay, Ticket
from lib.desks import DESK, NOW, TICKET

DAY = timedelta(days=1)
DESK = replace(
    DESK,
    status=(*DESK.status, Status("Asked", Phase.WAITING, {"nl": "wacht op u"})),
    calendar=(Calendar("always", always_open=True),),
    target=(Target("response", "4h", calendar="always", met_by_answer=True),),
    timer=(Timer("close", "Asked", after="14d", mail="customer/closed", then="Done"),),
)
TICKET = replace(TICKET, submitted_at=NOW, stays=(Stay("New", NOW),))
PROMISE = Promise("response", NOW + timedelta(hours=4))
ANSWERED = replace(TICKET, answered_at=NOW, first_answered_at=NOW)
ASKED = replace(ANSWERED, status="Asked", phase=Phase.WAITING)
HELD = replace(ASKED, hold_until=NOW + DAY)
CLOSED = replace(ANSWERED, status="Done", phase=Phase.CLOSED)


@pytest.mark.parametrize(
    ("ticket", "expected"),
    [
        pytest.param(TICKET, Outlook(Awaited.ANSWER, (PROMISE,)), id="new"),
        pytest.param(ANSWERED, Outlook(Awaited.WORK), id="answered"),
        pytest.param(
            ASKED, Outlook(Awaited.CUSTOMER, closes_at=NOW + 14 * DAY), id="waits for its customer"
        ),
        pytest.param(
            replace(HELD, hold_until=NOW - DAY), Outlook(Awaited.CUSTOMER), id="the hold is over"
        ),
        pytest.param(CLOSED, Outlook(Awaited.NOTHING), id="closed"),
        pytest.param(replace(CLOSED, merged_into=9), Outlook(Awaited.ELSEWHERE), id="merged"),
    ],
)
def test_a_case_waits_for_one_thing(ticket: Ticket, expected: Outlook) -> None:
    """It is promised what is ours to do; one that waits for its customer may close by itself."""
    assert expected == outlook(ticket, DESK, NOW)


def test_one_that_rests_says_until_when() -> None:
    """As was agreed."""
    found = outlook(HELD, DESK, NOW)

    assert (Awaited.DAY, NOW + DAY, ()) == (found.awaited, found.until, found.promises)


def test_a_status_is_called_by_its_label() -> None:
    """Or by its name, also where the desk does not have it any more."""
    statuses = [("Asked", "nl"), ("Asked", "fi"), ("New", "nl"), ("Gone", "nl")]

    assert ["wacht op u", "Asked", "New", "Gone"] == [label(DESK, *one) for one in statuses]
