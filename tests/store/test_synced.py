"""What is on the disk when: nothing that somebody outside was told may be forgotten."""

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection, text

from gateway.config.settings import Msa
from gateway.courier.records import Records
from gateway.errors import Transient
from gateway.store import group_commit
from gateway.store.database import Database
from gateway.store.group_commit import GroupCommit
from gateway.store.outbox import OutboxState, Result
from lib.workbench import START, Workbench, mail, workbench
from servers import postgresql


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A house."""
    with workbench(tmp_path, "sqlite:///casepost.db") as found:
        yield found


def watched(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Give a list that says of each writing transaction from now on whether it is durable."""
    said: list[bool] = []
    writing: Callable[..., Any] = database.writing

    @contextmanager
    def noting(*, durable: bool = True) -> Iterator[Connection]:
        with writing(durable=durable) as connection:
            yield connection
        said.append(durable)

    monkeypatch.setattr(database, "writing", noting)
    return said


def test_a_mail_is_marked_on_the_disk_before_it_goes(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A claim may be forgotten; what became of the mail is there within a second, or at the end."""
    bench.deliver(mail())
    bench.work()
    monkeypatch.setattr(group_commit, "_LONGEST_UNSYNCED", 60.0)
    said = watched(bench.house.database, monkeypatch)
    records = Records(bench.house.database, bench.house.node, Msa(host=""), lambda: START)
    (claimed,) = records.claim(1)
    assert [False] == said
    assert records.mark(claimed)
    assert [False, True] == said
    assert records.settle(Result(claimed.id, claimed.epoch, OutboxState.SENT, None, "250 OK"))
    assert [False, True, False] == said
    records.close()
    assert [False, True, False, True] == said


def test_a_case_that_nobody_is_told_of_is_on_the_disk(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The console shows its number; one that is answered gets there with the answer's mark."""
    said = watched(bench.house.database, monkeypatch)
    bench.deliver(mail())
    said.clear()
    bench.work()
    queued = len(bench.rows("outbox"))
    assert queued
    assert True not in said
    bench.deliver(mail(subject="From before the start"), quiet=True)
    said.clear()
    bench.work()
    assert (2, queued) == (len(bench.rows("tickets")), len(bench.rows("outbox")))
    assert 1 == said.count(True)


def test_what_waits_for_a_sync_gets_one(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Soon, though nobody else writes, and again where the first attempt failed."""
    monkeypatch.setattr(group_commit, "_LONGEST_UNSYNCED", 0.01)
    said = watched(bench.house.database, monkeypatch)
    tries: list[int] = []
    done = Event()

    def touch(_: Connection) -> None:
        tries.append(len(tries))
        if len(tries) == 1:
            raise OSError("the disk is away")
        done.set()

    def write(_: Connection, items: Sequence[int]) -> Sequence[int]:
        return items

    commits = GroupCommit(bench.house.database, write, "test", lambda item: item < 0, touch)
    assert -1 == commits.submit(-1).result(10)
    assert done.wait(10)
    commits.close()
    assert ([False, True], 2) == (said, len(tries))


def test_one_that_cannot_wait_takes_the_others_along(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transaction of both kinds is durable, and none follows for those that could wait."""
    monkeypatch.setattr(group_commit, "_LONGEST_UNSYNCED", 60.0)
    said = watched(bench.house.database, monkeypatch)

    def write(_: Connection, items: Sequence[int]) -> Sequence[int]:
        return items

    commits = GroupCommit(
        bench.house.database, write, "test", lambda item: item < 0, company=lambda: 2
    )
    monkeypatch.setattr(group_commit, "_MOMENT", 10.0)
    both = [commits.submit(number) for number in (-1, 1)]
    assert [-1, 1] == [future.result(10) for future in both]
    commits.close()
    assert [True] == said


@pytest.mark.parametrize(("anew", "expected"), [(True, [[-1], [2], [-1]]), (False, [[-1], [2]])])
def test_what_a_server_may_have_forgotten_is_written_again(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch, expected: list[list[int]], *, anew: bool
) -> None:
    """A sync of other connections says nothing of what was written before they were made."""
    monkeypatch.setattr(group_commit, "_LONGEST_UNSYNCED", 60.0)
    database = bench.house.database
    for durable in (True, False):
        with database.writing(durable=durable):
            pass
    written: list[list[int]] = []

    def write(_: Connection, items: Sequence[int]) -> Sequence[int]:
        written.append(list(items))
        return items

    commits = GroupCommit(database, write, "test", lambda item: item < 0)
    assert -1 == commits.submit(-1).result(10)
    if anew:
        database.close()
    assert 2 == commits.submit(2).result(10)
    commits.close()
    assert expected == written


@pytest.mark.thorough
def test_what_became_of_a_mail_outlives_the_server(tmp_path: Path) -> None:
    """It is killed as soon as it has said that it is written, and is back a moment later."""
    with postgresql.running() as server:
        database = Database(server.url(server.create()), tmp_path)
        with database.writing() as connection:
            connection.execute(text("CREATE TABLE said (number INTEGER PRIMARY KEY)"))

        def write(connection: Connection, items: Sequence[int]) -> Sequence[int]:
            entry = text("INSERT INTO said VALUES (:number) ON CONFLICT DO NOTHING")
            connection.execute(entry, [{"number": item} for item in items])
            return items

        commits = GroupCommit(database, write, "test", lambda item: item < 0)
        assert -1 == commits.submit(-1).result(10)
        server.stop(signal.SIGKILL)
        server.start()
        commits.close()
        with suppress(Transient), database.reading():
            pass  # This one may still be to the old server.
        with database.reading() as connection:
            assert [-1] == list(connection.execute(text("SELECT number FROM said")).scalars())
        database.close()
