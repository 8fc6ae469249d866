"""All nodes of a house have its keys: one that has others does not start."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.cli import execute
from gateway.config.load import load
from gateway.daemon import Daemon
from gateway.errors import Misused
from gateway.store import key_prints
from gateway.store.database import Database
from gateway.store.keys import FILES, REPLY_ADDRESS, key_file, load_or_make, load_ring, rotate
from gateway.store.migrate import migrate
from gateway.store.schema import key_prints as table
from lib.daemon import share_keys
from lib.workbench import write_house

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path, house_url: str) -> Iterator[Database]:
    """A database of each kind."""
    found = Database(house_url, tmp_path)
    migrate(found)
    yield found
    found.close()


def secret(fill: int) -> bytes:
    """Give a key."""
    return bytes([fill]) * 32


def keys(folder: Path, fill: int) -> Path:
    """Make the keys of a node as its first start does."""
    for ring in (REPLY_ADDRESS, FILES):
        load_ring(folder, ring, lambda _: secret(fill))
    for name in ("message-id", "node"):
        load_or_make(folder, name, lambda _: secret(fill))
    return folder


def note(database: Database, folder: Path) -> None:
    """Let a node note its keys."""
    with database.writing() as connection:
        key_prints.note(connection, folder, NOW)


def check(database: Database, folder: Path) -> None:
    """Let a node look whether it has the keys."""
    with database.reading() as connection:
        key_prints.check(connection, folder)


def test_a_node_with_keys_of_its_own_is_refused(database: Database, tmp_path: Path) -> None:
    """And one without any; with a copy of the folder but for its own name it is one of them."""
    one, other = keys(tmp_path / "one", 1), keys(tmp_path / "other", 2)
    check(database, one)
    note(database, one)
    names = r"\(files\.1, message-id, reply-address\.1\): copy the folder, without the file `node`"
    for refused in (note, check):
        with pytest.raises(Misused, match=names):
            refused(database, other)
    with pytest.raises(Misused, match=names):
        check(database, tmp_path / "none")
    shutil.rmtree(other / "keys")
    share_keys(one, other)
    note(database, other)


def test_what_stands_in_the_database_is_no_key(database: Database, tmp_path: Path) -> None:
    """A fingerprint is neither the key nor its plain digest, and differs by what the key is for."""
    folder = keys(tmp_path / "one", 1)
    note(database, folder)
    with database.reading() as connection:
        rows = connection.execute(select(table)).all()
    assert 3 == len({row.fingerprint for row in rows})
    plain = {secret(1).hex(), sha256(secret(1)).hexdigest()}
    assert not {row.fingerprint for row in rows} & plain


def test_a_newer_key_is_missed_and_an_old_one_is_not(database: Database, tmp_path: Path) -> None:
    """Whoever has not the one that others sign with would not believe them."""
    one, other = keys(tmp_path / "one", 1), keys(tmp_path / "other", 1)
    note(database, one)
    rotate(one, REPLY_ADDRESS, lambda _: secret(9))
    check(database, other)
    note(database, one)
    with pytest.raises(Misused, match=r"\(reply-address\.2\)"):
        check(database, other)
    shutil.copy(key_file(one, "reply-address.2"), key_file(other, "reply-address.2"))
    key_file(other, "reply-address.1").unlink()
    check(database, other)


def test_a_daemon_of_another_house_does_not_start(tmp_path: Path, database_url: str) -> None:
    """It makes no keys either, so that those that are copied are the only ones."""
    first, second = (write_house(tmp_path / name, database_url) for name in ("one", "two"))
    begun = Daemon(first, load(first), ())
    begun.start()
    begun.stop()
    with pytest.raises(Misused, match="has not the keys of this house"):
        Daemon(second, load(second), ())
    assert not (second.parent / "data" / "keys").exists()
    Daemon(first, load(first), ()).house.database.close()


def test_keys_that_nobody_has_any_more(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An operator can say that those of this node hold from now on."""
    path = write_house(tmp_path / "house", "sqlite:///casepost.db")
    begun = Daemon(path, load(path), ())
    begun.start()
    begun.stop()
    folder = path.parent / "data"
    shutil.rmtree(folder / "keys")
    keys(folder, 7)
    with pytest.raises(Misused, match="run `casepost keys accept`"):
        Daemon(path, load(path), ())
    assert 0 == execute(["keys", "accept", "--config", str(path)])
    assert "files.1, message-id, reply-address.1" in capsys.readouterr().out
    Daemon(path, load(path), ()).house.database.close()
