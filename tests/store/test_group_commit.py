"""Many writes share one transaction, and none of them can harm another."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import wait
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, Table, insert, select

from gateway.errors import Transient
from gateway.store import group_commit
from gateway.store.database import Database
from gateway.store.group_commit import GroupCommit

items = Table("items", MetaData(), Column("item", Integer))


class Writer:
    """Writes numbers, says what it was asked for, and stands still when it is told to."""

    def __init__(self, fails: Callable[[int], Exception | None] = lambda _: None) -> None:
        """Write; `fails` says for which item, and how."""
        self.calls: list[list[int]] = []
        self.writing = Event()
        self.go_on = Event()
        self.go_on.set()
        self._fails = fails

    def __call__(self, connection: Connection, group: Sequence[int]) -> list[int]:
        """Write a group."""
        self.calls.append(list(group))
        self.writing.set()
        self.go_on.wait()
        for item in group:
            connection.execute(insert(items).values(item=item))
            if error := self._fails(item):
                raise error
        return [10 * item for item in group]


@pytest.fixture
def database(tmp_path: Path, house_url: str) -> Iterator[Database]:
    """A database with a table of numbers."""
    opened = Database(house_url, tmp_path)
    with opened.writing() as connection:
        items.create(connection)
    yield opened
    opened.close()


def written(database: Database) -> list[int]:
    """Give the numbers that were committed."""
    with database.reading() as connection:
        return list(connection.execute(select(items.c.item).order_by(items.c.item)).scalars())


def test_what_comes_during_a_commit_shares_the_next(database: Database) -> None:
    """Nobody waits for more than the commit in progress and the next one."""
    writer = Writer()
    writer.go_on.clear()
    commits = GroupCommit(database, writer, "test")
    first = commits.submit(0)
    assert writer.writing.wait(10)
    rest = [commits.submit(number) for number in range(1, 21)]
    writer.go_on.set()

    assert [0, *range(10, 210, 10)] == [future.result(10) for future in (first, *rest)]
    assert [[0], list(range(1, 21))] == writer.calls
    assert list(range(21)) == written(database)
    commits.close()


def test_a_result_means_that_the_write_is_committed(database: Database) -> None:
    """Another connection sees it at once."""
    commits = GroupCommit(database, Writer(), "test")
    for number in range(5):
        commits.submit(number).result(10)
        assert list(range(number + 1)) == written(database)
    commits.close()


def test_one_that_cannot_be_written_fails_alone(database: Database) -> None:
    """The others of its transaction are written all the same, once."""
    writer = Writer(lambda item: ValueError("poison") if item == 3 else None)
    writer.go_on.clear()
    commits = GroupCommit(database, writer, "test")
    commits.submit(0)
    assert writer.writing.wait(10)
    futures = [commits.submit(number) for number in range(1, 6)]
    writer.go_on.set()
    wait(futures, 10)

    with pytest.raises(ValueError, match="poison"):
        futures[2].result()
    assert [0, 1, 2, 4, 5] == written(database)
    commits.close()


def test_an_outage_is_everybodys(database: Database) -> None:
    """Trying each by itself would only take longer."""
    writer = Writer(lambda item: Transient("away") if item else None)
    writer.go_on.clear()
    commits = GroupCommit(database, writer, "test")
    commits.submit(0)
    assert writer.writing.wait(10)
    futures = [commits.submit(number) for number in (1, 2)]
    writer.go_on.set()

    for future in futures:
        with pytest.raises(Transient, match="away"):
            future.result(10)
    assert [[0], [1, 2]] == writer.calls
    commits.close()


def test_closing_writes_what_was_submitted_and_refuses_the_rest(database: Database) -> None:
    """Whoever submits later is told to come again."""
    writer = Writer()
    writer.go_on.clear()
    commits = GroupCommit(database, writer, "test")
    futures = [commits.submit(0)]
    assert writer.writing.wait(10)
    futures += [commits.submit(number) for number in (1, 2)]
    writer.go_on.set()
    commits.close()

    assert [0, 10, 20] == [future.result(0) for future in futures]
    with pytest.raises(Transient, match="shutting down"):
        commits.submit(3).result(0)
    assert [0, 1, 2] == written(database)


def test_who_gave_up_waiting_harms_nobody(database: Database) -> None:
    """It is not written if it was told so in time; what is being written can't be called back."""
    writer = Writer()
    writer.go_on.clear()
    commits = GroupCommit(database, writer, "test")
    first = commits.submit(0)
    assert writer.writing.wait(10)
    given_up, last = commits.submit(1), commits.submit(2)

    assert (False, True) == (first.cancel(), given_up.cancel())
    writer.go_on.set()

    assert (0, 20) == (first.result(10), last.result(10))
    assert [0, 2] == written(database)
    commits.close()


def test_a_writer_that_gives_too_few_results_has_written_nothing(database: Database) -> None:
    """Nobody could say whose result is missing."""
    commits: GroupCommit[int, int] = GroupCommit(database, lambda *_: [], "test")

    with pytest.raises(ValueError, match="zip"):
        commits.submit(1).result(10)
    commits.close()


def test_what_can_wait_is_on_the_disk_when_all_ends(database: Database) -> None:
    """Where nobody's commit took it along, one is made for it alone."""
    touched: list[Connection] = []
    group = GroupCommit(database, Writer(), "lazy", lambda _: True, touched.append)
    group.submit(1).result()
    group.close()

    assert touched
    assert [1] == written(database)


def test_what_can_wait_is_taken_along_by_another_groups_commit(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It went to the disk with that, so it needs no commit of its own."""
    monkeypatch.setattr(group_commit, "_LONGEST_UNSYNCED", 3600.0)
    touched: list[Connection] = []
    lazy = GroupCommit(database, Writer(), "lazy", lambda _: True, touched.append)
    other = GroupCommit(database, Writer(), "other")
    lazy.submit(1).result()
    other.submit(2).result()
    lazy.close()
    other.close()

    assert not touched
    assert [1, 2] == written(database)
