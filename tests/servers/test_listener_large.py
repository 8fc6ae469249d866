"""Large mails and the place that keeps them: it is asked first, and only they wait for it."""

import threading
from pathlib import Path

import pytest

from gateway.config.settings import Limits
from gateway.errors import Transient
from gateway.store.large_mails import Named
from lib.large import Watched
from servers.dialog import SMALL, Running, listening
from servers.object_store import configured, object_store, silent
from servers.process import wait_until

LARGE = SMALL + (b"x" * 70 + b"\r\n") * 10_000
LATER = "451 4.3.0 temporary problem, please try again later"


def deliver(running: Running, content: bytes) -> str:
    """Send a mail over a connection of its own; give the last reply."""
    with running.greeted() as client:
        return client.deliver(content)


def incoming(folder: Path) -> list[Path]:
    """List the files of mails on their way in."""
    return list((folder / "large" / "incoming").glob("*"))


@pytest.mark.parametrize("error", [Transient("secret"), OSError(28, "No space", "/var/secret")])
def test_a_place_that_takes_nothing(tmp_path: Path, error: Exception) -> None:
    """A large mail is not ours, and leaves nothing; small ones are taken; later it is, too."""
    place = Watched(tmp_path / "there")

    def fail() -> None:
        raise error

    place.before = fail
    with listening(tmp_path, places=[place]) as running:
        assert LATER == deliver(running, LARGE)
        wait_until(lambda: not incoming(tmp_path), what="the file is gone")
        assert "250 2.0.0 accepted as 1" == deliver(running, SMALL)
        place.before = lambda: None
        assert "250 2.0.0 accepted as 2" == deliver(running, LARGE)
        assert [None, None] == running.woken


def test_an_outage_of_the_place_is_no_fault_of_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So nobody's next mail waits for the disk to be tried."""
    monkeypatch.setattr("gateway.listener.disk.Disk.failed", lambda _: pytest.fail("it failed"))
    place = Watched(tmp_path / "there")

    def away() -> None:
        raise Transient("away")

    place.before = away
    with listening(tmp_path, places=[place]) as running:
        assert LATER == deliver(running, LARGE)


def test_who_waits_for_the_place_holds_up_nobody(tmp_path: Path) -> None:
    """More large mails than there are threads for them: a small one goes past them all.

    So the database is not held by anybody who waits: on SQLite one holds it alone.
    """
    entered = threading.Semaphore(0)
    let_go = threading.Event()

    def wait() -> None:
        entered.release()
        assert let_go.wait(60)

    replies: list[str] = []
    place = Watched(tmp_path / "there", wait)
    with listening(tmp_path, places=[place]) as running:
        senders = [
            threading.Thread(target=lambda: replies.append(deliver(running, LARGE)))
            for _ in range(9)
        ]
        for sender in senders:
            sender.start()
        for _ in range(8):
            assert entered.acquire(timeout=30)
        assert "250 2.0.0 accepted as 1" == deliver(running, SMALL)
        assert [] == replies
        let_go.set()
        for sender in senders:
            sender.join()
    assert {"250 2.0.0 accepted as 2"} == set(replies)


def test_who_waits_too_long_is_told_to_come_again(tmp_path: Path) -> None:
    """The mail may be kept later all the same: its next try is that very mail."""
    let_go = threading.Event()

    def wait() -> None:
        assert let_go.wait(60)

    place = Watched(tmp_path / "there", wait)
    limits = Limits(free_bytes=1, free_inodes=1, reply=0.2)
    with listening(tmp_path, places=[place], limits=limits) as running:
        assert LATER == deliver(running, LARGE)
        let_go.set()
        wait_until(lambda: not incoming(tmp_path), what="the file is gone")
        assert "250 2.0.0 accepted as 1" == deliver(running, LARGE)


def test_a_name_that_is_given_up_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever cleans up was faster by a hair: the client comes again."""
    monkeypatch.setattr("gateway.store.removals.name_for", lambda _, sha256: Named(sha256))
    with listening(tmp_path) as running:
        assert "250 2.0.0 accepted as 1" == deliver(running, LARGE)
        with running.database.writing() as connection:
            connection.exec_driver_sql("DELETE FROM spool")
            connection.exec_driver_sql("DELETE FROM raw_mails")
            sql = "INSERT INTO raw_removals SELECT ?, 0, '2026-01-01'"
            (path,) = (one for one in (tmp_path / "large").glob("??/*"))
            connection.exec_driver_sql(sql, (path.name,))
        assert LATER == deliver(running, LARGE)
        monkeypatch.undo()
        assert deliver(running, LARGE).startswith("250 ")


def test_a_bucket_that_goes_away_during_data(tmp_path: Path) -> None:
    """The reply is 451, in bounded time, whether the store is down or silent; nothing is lost."""
    with object_store() as store:
        bucket = configured(store.url, store.bucket(), tmp_path, timeout=2)
        with listening(tmp_path, places=[bucket]) as running, running.greeted() as client:
            store.stop()
            assert LATER == client.deliver(LARGE)
            assert client.deliver(SMALL).startswith("250 ")
            store.start()
            assert client.deliver(LARGE).startswith("250 ")
            (large,) = (row for row in running.rows() if row.content is None)
            kept = bucket.read(str(Named(large.raw)), len(LARGE) + 1)
    assert LARGE == kept
    assert not incoming(tmp_path)


def test_a_bucket_that_says_nothing(tmp_path: Path) -> None:
    """The client has its reply within the bound, and a small mail goes through meanwhile."""
    with silent() as url:
        bucket = configured(url, "bucket", tmp_path, timeout=0.5)
        with listening(tmp_path, places=[bucket]) as running:
            assert LATER == deliver(running, LARGE)
            assert deliver(running, SMALL).startswith("250 ")
