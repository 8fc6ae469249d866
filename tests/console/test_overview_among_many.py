"""The overview of a house with a hundred thousand tickets: what it reads, not how long it takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from gateway.config.service_time import Target
from gateway.console.overview.gathered import Overview, gather
from gateway.console.overview.scope import Scope, Span
from lib.seeded import fill
from lib.workbench import START, Workbench, workbench

MANY = 100_000
# Of SQLite's virtual machine, which does some ten million in a second on a slow machine.
MOST_STEPS = 1_500_000
_EACH = 1000

pytestmark = [pytest.mark.thorough, pytest.mark.timeout(600)]


@contextmanager
def crowded(folder: Path, url: str) -> Iterator[Workbench]:
    """Open a house whose desks promise something, with very many tickets of half a year."""
    with workbench(folder, url) as bench:
        target = Target("response", "4h", met_by_answer=True)
        desks = tuple(replace(desk, target=(target,)) for desk in bench.house.desks)
        bench.house = replace(bench.house, desks=desks)
        fill(bench.house, MANY, START, timedelta(days=180))
        yield bench


def gathered(bench: Workbench, connection: Connection, span: Span, desk: int | None) -> Overview:
    """Read an overview, of all desks or of one."""
    desks = bench.house.desks
    chosen = None if desk is None else desks[desk]
    scope = Scope(desks, chosen, span, sees_all=True)
    return gather(connection, scope, START, with_standing=True)


def test_a_page_takes_few_steps_on_sqlite(tmp_path: Path) -> None:
    """By the hour as by the day, of all desks as of one."""
    with crowded(tmp_path, "sqlite:///casepost.db") as bench:
        for span in Span:
            for desk in (None, 0):
                with bench.house.database.reading() as connection:
                    steps = _counted(connection)
                    found = gathered(bench, connection, span, desk)
                assert MANY / 10 / (1 if desk is None else 2) == found.backlog.count
                assert found.backlog.overdue() > 0
                assert found.backlog.at_risk() > 0
                assert found.course.received > 0
                assert len(steps) * _EACH < MOST_STEPS


def _counted(connection: Connection) -> list[None]:
    """Give a list that grows with each so many steps of this connection."""
    steps: list[None] = []

    def step() -> int:
        steps.append(None)
        return 0

    driver: Any = connection.connection.driver_connection
    driver.set_progress_handler(step, _EACH)
    return steps


def test_a_page_reads_no_table_from_end_to_end_on_postgresql(
    tmp_path: Path, postgresql_house_url: str
) -> None:
    """Neither tickets nor mails; what is counted stands in indexes."""
    asked = text(
        "SELECT relname, seq_tup_read FROM pg_stat_xact_user_tables "
        "WHERE relname IN ('tickets', 'spool', 'outbox') AND seq_tup_read > 0"
    )
    with crowded(tmp_path, postgresql_house_url) as bench:
        for span in Span:
            with bench.house.database.reading() as connection:
                found = gathered(bench, connection, span, None)
                assert [] == connection.execute(asked).all()
                assert MANY / 10 == found.backlog.count
