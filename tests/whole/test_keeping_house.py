"""What the daemon looks after each minute, in one process and without its parts."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from gateway.config.load import load
from gateway.daemon import Daemon
from gateway.roles import Role
from gateway.store.house_time import HouseTime
from gateway.store.schema import spool
from lib.workbench import START, Workbench, mail, write_house

_LISTENER = """
[[listener]]
port = 0
"""


@pytest.fixture
def daemon(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Daemon, Workbench]]:
    """A daemon that was made on START, and the workbench whose time is its own."""
    path = write_house(tmp_path / "house", database_url)
    configuration = load(path)
    monkeypatch.setattr(HouseTime, "__call__", lambda _: START)
    daemon = Daemon(path, configuration, ())
    bench = Workbench(daemon.house)
    monkeypatch.setattr(HouseTime, "__call__", lambda _: bench.now())
    yield daemon, bench
    daemon.stop()


def keep_house(daemon: Daemon, caplog: pytest.LogCaptureFixture) -> list[str]:
    """Keep house once; the errors that are logged."""
    caplog.clear()
    daemon.keep_house()
    return [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR]


def lose(bench: Workbench, spool_id: int) -> None:
    """Let a mail vanish."""
    with bench.house.database.writing() as connection:
        connection.execute(delete(spool).where(spool.c.id == spool_id))


def test_a_difference_in_the_books_is_an_alarm(
    daemon: tuple[Daemon, Workbench], caplog: pytest.LogCaptureFixture
) -> None:
    """Of today and yesterday each minute; of days before that within an hour."""
    kept, bench = daemon
    accepted = []
    for day in range(4):
        bench.time = START + timedelta(days=day)
        accepted.append(bench.deliver(mail(subject=f"Day {day}")).spool_id)
    assert [] == keep_house(kept, caplog)

    lose(bench, accepted[3])
    lose(bench, accepted[2])
    lose(bench, accepted[1])
    latest = [f"the books of smtp on 2026-03-0{day} differ by 1 mails" for day in (4, 5)]
    earlier = "the books of smtp on 2026-03-03 differ by 1 mails"

    bench.time += timedelta(minutes=1)
    assert latest == keep_house(kept, caplog)
    bench.time += timedelta(minutes=58)
    assert latest == keep_house(kept, caplog)
    bench.time += timedelta(minutes=1)
    assert [earlier, *latest] == keep_house(kept, caplog)
    bench.time += timedelta(minutes=1)
    assert latest == keep_house(kept, caplog)


def test_all_books_are_checked_soon_after_the_start(
    daemon: tuple[Daemon, Workbench], caplog: pytest.LogCaptureFixture
) -> None:
    """What went wrong before the start is seen."""
    kept, bench = daemon
    lose(bench, bench.deliver(mail()).spool_id)
    bench.time += timedelta(days=30)

    assert ["the books of smtp on 2026-03-02 differ by 1 mails"] == keep_house(kept, caplog)


def test_what_a_crash_left_behind_is_removed(
    daemon: tuple[Daemon, Workbench], caplog: pytest.LogCaptureFixture
) -> None:
    """Files are old by the clock of the machine."""
    kept, bench = daemon
    outgoing = bench.house.data / "outgoing"
    outgoing.mkdir()
    (outgoing / ".abc.part").touch()
    bench.time += timedelta(days=36_500)

    assert [] == keep_house(kept, caplog)
    assert [] == list(outgoing.iterdir())


def test_what_is_due_fires_and_has_patience_with_what_came_before_the_start(
    daemon: tuple[Daemon, Workbench],
) -> None:
    """Mail that waits since then may be an answer: for ten minutes, counted from the start."""
    kept, bench = daemon
    bench.time = START - timedelta(days=10)
    bench.deliver(mail())
    bench.work()
    bench.deliver(mail(body="Who may I be?"), sender="bounce-123@mailer.example")

    bench.time = START + timedelta(minutes=9)
    kept.sweep()
    waited = bench.to_customers()
    bench.time = START + timedelta(minutes=10)
    kept.sweep()

    assert ["customer/acknowledge"] == [row["template"] for row in waited]
    assert ["customer/reminder"] == [row["template"] for row in bench.to_customers()[1:]]


def test_a_listener_that_does_not_run_yet_has_not_ended(tmp_path: Path) -> None:
    """A slow machine may take longer to start it than the first tick takes to come."""
    path = write_house(tmp_path / "house", "sqlite:///casepost.db")
    path.write_text(path.read_text() + _LISTENER)
    daemon = Daemon(path, load(path), (Role.LISTENER,))
    assert daemon.listener is not None
    daemon._started.append(daemon.listener)  # noqa: SLF001  as in the middle of `start`
    daemon.sweep()
    assert daemon.failed == ""
    daemon._ready = True  # noqa: SLF001  as at its end
    daemon.sweep()
    assert daemon.failed == "the listener has ended by itself"
    daemon._started.clear()  # noqa: SLF001  it never ran
    daemon.stop()
