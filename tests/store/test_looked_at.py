"""What a customer's page and a monitoring system read is the same on either database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from gateway.store import case_page, measures
from gateway.store.measures import Intake, Rated
from gateway.store.schema import feedback
from lib.rating import JAN, asking, closed, say
from lib.workbench import Workbench, mail

EVA = "eva@klant.example"


@pytest.fixture
def bench(tmp_path: Path, house_url: str) -> Iterator[Workbench]:
    """A house with a case that was closed, and one that is open with two on it."""
    with asking(tmp_path, house_url) as opened:
        closed(opened)
        opened.deliver(mail(message_id="<2@klant.example>", body="Once more.\n\n> quoted"))
        opened.work()
        say(opened, f"#cc {EVA}", 2)
        say(opened, "Now it works.", 2)
        with opened.house.database.writing() as connection:
            connection.execute(update(feedback).values(stars=4, rated_at=opened.time))
        yield opened


def test_each_reader_is_told_what_is_theirs(bench: Workbench) -> None:
    """The newest first, and of each text its beginning."""
    with bench.house.database.reading() as connection:
        jans = case_page.told(connection, 2, JAN, most=10, longest=10)
        evas = case_page.told(connection, 2, EVA, most=10, longest=1000)
        newest = case_page.told(connection, 2, JAN, most=1, longest=1000)
        none = case_page.told(connection, 2, "mallory@elsewhere.example", most=10, longest=10)

    expected = [("Now it wor", True, False), ("Once more.", True, True)]
    assert expected == [(one.text, one.cut, one.own) for one in jans if not one.automatic]
    assert ["Now it works."] == [one.text for one in evas if not one.automatic]
    assert jans[0].at == newest[0].at
    assert "Now it works." == newest[0].text
    assert not any(fold.end > 10 for one in jans for fold in one.folds)
    assert () == none


def test_a_house_is_measured(bench: Workbench) -> None:
    """By counting, and none of it by reading mails."""
    names = [desk.name for desk in bench.house.desks]
    with bench.house.database.reading() as connection:
        found = measures.read(connection, names, bench.now())

    assert (Intake("smtp", 5, 0),) == found.intakes
    assert {"waiting": 0, "filed": 5, "duplicate": 0, "held": 0, "failed": 0} == found.spool
    assert found.waits_since is None
    assert bench.now() == found.queued_since
    assert [("north", 1, 0)] == [(one.desk, one.count, one.overdue) for one in found.left]
    assert (Rated("north", 4, 1),) == found.ratings
    assert (0, 0) == (found.timers, found.alarms)
    assert () == found.sources
