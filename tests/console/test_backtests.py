"""Backtests: started in the console, watched, and read."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.console.rules import backtested, running
from gateway.console.rules.running import Running, Wanted
from gateway.errors import Transient
from gateway.store import backtests
from gateway.store.backtests import SILENT, BacktestState
from lib.console import CHIEF, Visitor, visitor
from lib.rehearsing import rehearsed_here
from lib.workbench import Workbench, mail, workbench

POLICY = """
[[rule]]
name = "paper"
when = 'mail.subject.contains("paper")'
tag = ["paper"]
"""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A house with rules, in which some mail has come."""
    with workbench(tmp_path, "sqlite:///casepost.db", policy=POLICY) as opened:
        for number in range(3):
            opened.deliver(mail(subject=f"paper <{number}>"))
        opened.work()
        yield opened


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Wanted]:
    """The backtests that are begun, each only noted here."""
    found: list[Wanted] = []
    monkeypatch.setattr(backtested, "start", lambda _, wanted: found.append(wanted))
    monkeypatch.setattr(running, "rehearsed", rehearsed_here)
    return found


@pytest.fixture
def chief(bench: Workbench) -> Visitor:
    """A supervisor at a browser."""
    return visitor(bench, "supervisor")


def run(bench: Workbench, wanted: Wanted) -> None:
    """Run a backtest to its end."""
    Running(bench.house.database, wanted, bench.now).to_its_end()


def test_a_backtest_is_run_and_read(
    bench: Workbench, chief: Visitor, started: list[Wanted]
) -> None:
    """By the files as they stand, with a table of what would differ."""
    assert "No backtest yet" in chief.get("/rules/backtests").text
    file = bench.house.path.parent / "desks" / "north.toml"
    file.write_text(file.read_text().replace('"paper"', '"ink"', 1).replace('["paper"]', '["ink"]'))
    answer = chief.post("/rules/backtests", {"desk": "north", "days": "30"})
    running_page = chief.follow(answer)
    assert 'data-from="/rules/backtests/1/progress"' in running_page.text
    part = chief.get("/rules/backtests/1/progress")
    assert ("running", True) == (part.headers["x-backtest"], "It begins" in part.text)
    run(bench, started[0])
    assert "done" == chief.get("/rules/backtests/1/progress").headers["x-backtest"]
    text = chief.get("/rules/backtests/1").text
    assert "3 of 3 mails would differ, on 3 cases." in text
    assert "paper &lt;1&gt;" in text
    assert '<td data-label="Field">tags</td>' in text
    assert "rules.js" not in text
    assert "3 of 3" in chief.get("/rules/backtests").text
    assert ["backtest.start"] == [row["action"] for row in bench.rows("audit")]
    assert 404 == chief.get("/rules/backtests/7").status_code
    assert 400 == chief.post("/rules/backtests", {"days": "9999"}).status_code


def test_a_database_that_does_not_answer_for_a_moment_ends_none(
    bench: Workbench,
    chief: Visitor,
    started: list[Wanted],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """How far it is, is written later."""
    chief.post("/rules/backtests", {"desk": "north", "days": "30"})

    def silent(*_: object) -> bool:
        raise Transient("the database does not answer")

    monkeypatch.setattr(backtests, "go_on", silent)
    monkeypatch.setattr(running, "_WRITTEN_EACH", timedelta(0))
    run(bench, started[0])

    assert "done" == chief.get("/rules/backtests/1/progress").headers["x-backtest"]


def test_there_is_one_at_a_time(bench: Workbench, chief: Visitor, started: list[Wanted]) -> None:
    """Until it ends, somebody stops it, or nothing is heard of it."""
    chief.post("/rules/backtests", {"days": "7"})
    busy = chief.follow(chief.post("/rules/backtests", {"days": "7"}))
    assert "One runs already" in busy.text
    assert 1 == len(started)
    stopped = chief.follow(chief.post("/rules/backtests/1/stop"))
    assert f"{CHIEF} has stopped it." in stopped.text
    run(bench, started[0])
    assert "failed" == chief.get("/rules/backtests/1/progress").headers["x-backtest"]
    chief.post("/rules/backtests", {"days": "7"})
    bench.time += SILENT + timedelta(seconds=1)
    assert "ended with the service that ran it" in chief.get("/rules/backtests/2").text
    chief.post("/rules/backtests", {"days": "7"})
    assert ["failed", "failed", "running"] == [row["state"] for row in bench.rows("backtests")]


def test_files_that_are_wrong_are_told(
    bench: Workbench, chief: Visitor, started: list[Wanted]
) -> None:
    """With the line."""
    chief.post("/rules/backtests", {"days": "7"})
    (bench.house.path.parent / "desks" / "north.toml").write_text("title = 1")
    run(bench, started[0])
    text = chief.get("/rules/backtests/1").text
    assert "The files are wrong" in text
    assert "north.toml:1: " in text


def test_many_differences_have_pages(bench: Workbench, chief: Visitor) -> None:
    """And of very many only the first are kept."""
    difference = {"mail": 1, "case": "", "from": "x@y.example", "subject": "s", "field": "tags"}
    listed = [{**difference, "then": str(i), "now": "-", "by": ""} for i in range(120)]
    totals = {"mails": 200, "same": 0, "different": 200, "cases": 0, "fields": {"tags": 200}}
    result = {"totals": {**totals, "left_out": 0, "gone": 0}, "differences": listed, "more": 80}
    with bench.house.database.writing() as connection:
        number = backtests.begin(connection, CHIEF, "", bench.time, bench.time)
        assert number is not None
        backtests.end(connection, number, BacktestState.DONE, result, bench.time)
    first = chief.get("/rules/backtests/1").text
    assert "1 to 50 of 200" in first
    assert 'href="/rules/backtests/1?from=50"' in first
    last = chief.get("/rules/backtests/1?from=100").text
    assert 'href="/rules/backtests/1?from=50"' in last
    assert 20 == last.count('data-label="Then"')
    assert len(first) < 60_000


def test_only_the_latest_are_kept(bench: Workbench) -> None:
    """However many were run."""
    for _ in range(backtests.KEPT + 3):
        with bench.house.database.writing() as connection:
            number = backtests.begin(connection, CHIEF, "", bench.time, bench.time)
            assert number is not None
            backtests.end(connection, number, BacktestState.DONE, {}, bench.time)
    with bench.house.database.reading() as connection:
        found = backtests.latest(connection, bench.time)
    assert [*range(23, 3, -1)] == [one.id for one in found]


@pytest.mark.thorough
def test_a_process_of_its_own_runs_it(bench: Workbench) -> None:
    """And its result is written down."""
    now = datetime.now(UTC)
    since = bench.time - timedelta(days=1)
    with bench.house.database.writing() as connection:
        number = backtests.begin(connection, CHIEF, "north", since, now)
    assert number is not None
    wanted = Wanted(number, str(bench.house.path), since, "north")
    Running(bench.house.database, wanted, lambda: datetime.now(UTC)).to_its_end()
    with bench.house.database.reading() as connection:
        found = backtests.find(connection, number, now)
    assert found is not None
    assert BacktestState.DONE is found.state
    assert found.totals is not None
    assert 3 == found.totals["mails"]
