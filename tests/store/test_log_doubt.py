"""After an error of the disk SQLite's log is begun anew before anything builds on it."""

import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from gateway.errors import Transient
from gateway.store.database import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A database whose log has something in it."""
    opened = Database("sqlite:///casepost.db", tmp_path)
    with opened.writing() as connection:
        connection.execute(text("CREATE TABLE said (word TEXT)"))
    yield opened
    opened.close()


def say(database: Database, *words: str, durable: bool = True) -> None:
    """Write rows, a transaction for each."""
    for word in words:
        with database.writing(durable=durable) as connection:
            connection.execute(text("INSERT INTO said VALUES (:word)"), {"word": word})


def said(database: Database) -> list[str]:
    """Read them."""
    with database.reading() as connection:
        return list(connection.execute(text("SELECT word FROM said ORDER BY rowid")).scalars())


@contextmanager
def no_larger(file: Path) -> Iterator[None]:
    """Let no file grow beyond the size of this one: to SQLite that is an error of the disk."""
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))


def test_what_follows_an_error_stands_in_a_new_log(database: Database, tmp_path: Path) -> None:
    """What was committed before is in the database by then, and nothing of it is lost."""
    log = tmp_path / "casepost.db-wal"
    say(database, *("before" for _ in range(20)), durable=False)
    grown = log.stat().st_size
    with no_larger(log), pytest.raises(Transient, match="disk I/O error"):
        say(database, "failed")
    assert grown <= log.stat().st_size

    say(database, "after")

    assert log.stat().st_size < grown
    assert [*("before" for _ in range(20)), "after"] == said(database)


def test_while_the_error_lasts_nothing_is_written(database: Database, tmp_path: Path) -> None:
    """Each attempt fails as an outage; the first one after its end succeeds."""
    database_file = tmp_path / "casepost.db"
    with no_larger(database_file):
        for _ in range(3):
            with pytest.raises(Transient):
                say(database, "x" * 100_000)
    say(database, "after")
    assert ["after"] == said(database)


def test_who_reads_delays_it(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log that somebody reads can't be emptied: that is an outage, too, and passes."""
    assert database._doubt is not None  # noqa: SLF001  how a disk fails is told above
    monkeypatch.setattr(database._doubt, "_doubtful", True)  # noqa: SLF001
    reading, over = threading.Event(), threading.Event()

    def read() -> None:
        with database.reading() as connection:
            connection.execute(text("SELECT * FROM said")).all()
            reading.set()
            assert over.wait(30)

    reader = threading.Thread(target=read)
    reader.start()
    assert reading.wait(10)
    say_later = threading.Thread(target=say, args=(database, "late"))
    say_later.start()
    over.set()
    reader.join(30)
    say_later.join(30)
    assert ["late"] == said(database)
