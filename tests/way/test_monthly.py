"""The report of a month is mailed when the month is over, once."""

from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from typing import Any

import pytest

from gateway import monthly
from gateway.config.desk import Desk
from gateway.house import House
from gateway.housekeeping import Housekeeping
from gateway.report import gather as gathering
from gateway.rspamd import Rspamd
from gateway.store import sent_reports
from gateway.store.sent_reports import note
from lib.workbench import Workbench, mail

APRIL = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture
def reporting(bench: Workbench) -> Workbench:
    """A house with a case of March, whose desks have their reports mailed to all agents."""
    bench.deliver(mail())
    bench.work()
    bench.house = reports_to(bench.house, ("agents",))
    return bench


def reports_to(house: House, whom: tuple[str, ...], timezone: str = "UTC") -> House:
    """Have the reports of every desk mailed."""
    desks = (replace(desk, monthly_report=whom, timezone=timezone) for desk in house.desks)
    return replace(house, desks=tuple(desks))


def sent(bench: Workbench) -> list[dict[str, Any]]:
    """Give the reports that were mailed."""
    return [row for row in bench.rows("outbox") if row["template"] == "agent/report"]


def test_a_month_is_reported_when_it_is_over(reporting: Workbench) -> None:
    """At the first tick of the next one; the summary is the text, and the page goes along."""
    assert 0 == monthly.send(reporting.house, datetime(2026, 3, 31, 23, 59, tzinfo=UTC))
    assert APRIL == monthly.next_due(reporting.house, datetime(2026, 3, 31, 23, 59, tzinfo=UTC))
    assert 1 == monthly.send(reporting.house, APRIL)
    (row,) = sent(reporting)
    assert ("ada@north.example", "", True) == (
        row["recipient"],
        row["reverse_path"],
        row["automatic"],
    )
    letter = message_from_bytes(row["content"], policy=policy.default)
    assert "auto-generated" == letter["Auto-Submitted"]
    assert "1 Mar 2026" in letter["Subject"]
    assert "31 Mar 2026" in letter["Subject"]
    text = letter.get_body(("plain",))
    assert text is not None
    assert "Created:                    1" in text.get_content().splitlines()
    (file,) = letter.iter_attachments()
    assert "report-north-2026-03.html" == file.get_filename()
    page = file.get_content().decode()
    assert page.startswith("<!DOCTYPE html>")
    assert "2026-03-01 to 2026-03-31" in page


def test_it_is_mailed_once(reporting: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a later tick sends it again, nor a node that looked before another had sent it."""
    assert 1 == monthly.send(reporting.house, APRIL)
    assert 0 == monthly.send(reporting.house, datetime(2026, 4, 30, 23, 59, tzinfo=UTC))
    monkeypatch.setattr(sent_reports, "is_sent", lambda *_: False)
    assert 0 == monthly.send(reporting.house, APRIL)
    assert 1 == len(sent(reporting))


def test_of_months_that_were_slept_through_the_last_is_reported(reporting: Workbench) -> None:
    """Whoever comes back in July reads of June."""
    assert 1 == monthly.send(reporting.house, datetime(2026, 7, 10, 12, tzinfo=UTC))
    rows = reporting.rows("sent_reports")
    assert [("north", "2026-06"), ("south", "2026-06")] == [(r["desk"], r["period"]) for r in rows]
    # South never had a case: it was not there yet, and its agents get no page of zeros.
    assert ["ada@north.example"] == [row["recipient"] for row in sent(reporting)]


def test_what_fails_for_one_desk_stops_no_other(
    reporting: Workbench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is an alarm, and tried again; a mail that could not be queued was not sent."""
    real = gathering.gather

    def gather(connection: Any, desk: Desk, days: tuple[date, date], now: datetime) -> Any:  # noqa: ANN401
        if desk.name == "north":
            raise ArithmeticError
        return real(connection, desk, days, now)

    reporting.deliver(mail(to="help@south.example"), "help@south.example")
    reporting.work()
    monkeypatch.setattr(monthly, "gather", gather)
    assert 1 == monthly.send(reporting.house, APRIL)
    assert "the monthly report of desk north can't be sent" in caplog.text
    monkeypatch.setattr(monthly, "gather", real)
    assert 1 == monthly.send(reporting.house, APRIL)
    assert ["ada@north.example", "ada@south.example"] == sorted(
        r["recipient"] for r in sent(reporting)
    )


def test_where_nobody_is_left_to_read_it(
    reporting: Workbench, caplog: pytest.LogCaptureFixture
) -> None:
    """It is an alarm, once."""
    house = reports_to(reporting.house, ("managers",))
    assert [0, 0] == [monthly.send(house, APRIL) for _ in range(2)]
    assert 1 == caplog.text.count("nobody gets the monthly report of desk north")


def test_no_desk_is_waited_for_that_has_none(bench: Workbench) -> None:
    """And nothing is noted."""
    assert monthly.next_due(bench.house, APRIL) is None
    assert 0 == monthly.send(bench.house, APRIL)
    assert [] == bench.rows("sent_reports")


def test_the_note_and_the_mails_are_one(reporting: Workbench) -> None:
    """What is rolled back was not sent, and is sent later."""
    with pytest.raises(ArithmeticError):
        _note_in_vain(reporting.house)
    assert 1 == monthly.send(reporting.house, APRIL)


def test_housekeeping_sends_it(reporting: Workbench) -> None:
    """Which is what a daemon does once a minute, on each node that has a clock."""
    rspamd = Rspamd(reporting.house.settings.spam, str, lambda: 0.0)
    keeping = Housekeeping(reporting.house, rspamd, APRIL)
    keeping.keep(APRIL)
    keeping.keep(APRIL)
    assert 1 == len(sent(reporting))


def _note_in_vain(house: House) -> None:
    with house.database.writing() as connection:
        assert note(connection, "north", "2026-03", APRIL)
        assert not note(connection, "north", "2026-03", APRIL)
        raise ArithmeticError
