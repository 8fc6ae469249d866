"""How often each rule hit is counted by day, where what it led to is written."""

from datetime import timedelta

import pytest

from gateway.store import rule_counts
from gateway.store.rule_counts import KEPT_DAYS, Counted
from lib.workbench import START, Workbench

DAY = timedelta(days=1)
TODAY = START.date()
ON_SQLITE = pytest.mark.parametrize("house_url", ["sqlite:///casepost.db"])


def add(bench: Workbench, *hits: tuple[str, str]) -> None:
    """Count hits in one transaction."""
    with bench.house.database.writing() as connection:
        rule_counts.add(connection, hits, bench.time)


def read(bench: Workbench, desk: str = "north") -> dict[str, Counted]:
    """Give the counts of a desk's rules."""
    with bench.house.database.reading() as connection:
        return rule_counts.read(connection, desk, bench.time)


def test_hits_are_counted_by_day(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """In rows of each process's own, that are one figure to whoever reads them."""
    add(bench, ("north", "paper"), ("north", "ink"), ("north", "paper"), ("south", "paper"))
    monkeypatch.setattr("os.getpid", lambda: 7)
    add(bench, ("north", "paper"))
    assert {
        "paper": Counted(3, 3, 3, TODAY),
        "ink": Counted(1, 1, 1, TODAY),
    } == read(bench)
    bench.time += 6 * DAY
    add(bench, ("north", "ink"))
    assert {
        "paper": Counted(0, 3, 3, TODAY),
        "ink": Counted(1, 2, 2, TODAY + 6 * DAY),
    } == read(bench)
    bench.time += DAY
    assert Counted(0, 0, 3, TODAY) == read(bench)["paper"]
    bench.time = START + 30 * DAY
    assert Counted(0, 0, 0, TODAY) == read(bench)["paper"]


@ON_SQLITE
def test_old_counts_are_forgotten(bench: Workbench) -> None:
    """Once they are too old to be shown."""
    add(bench, ("north", "paper"))
    for days, left in ((KEPT_DAYS, {"paper"}), (KEPT_DAYS + 1, set())):
        bench.time = START + days * DAY
        with bench.house.database.writing() as connection:
            rule_counts.forget(connection, bench.time)
        assert left == set(read(bench))


@ON_SQLITE
def test_nothing_is_written_where_no_rule_hits(bench: Workbench) -> None:
    """And nothing is asked of the database."""
    add(bench)
    assert [] == bench.rows("rule_counts")
