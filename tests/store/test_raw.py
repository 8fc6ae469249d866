"""The bytes of a mail, large or small, are there byte for byte whenever a row speaks of them."""

import errno
import hashlib
import os
from pathlib import Path

import pytest
from sqlalchemy import Connection, literal_column, select

from gateway.errors import Transient
from gateway.store import large_folder, raw
from gateway.store.large_mails import LargeMails
from gateway.store.schema import raw_mails
from lib.large import large_in
from lib.workbench import Workbench

LARGE = 1000
SMALL_MAIL = b"\x00\xff\r\n" * 10
LARGE_MAIL = b"0123456789\r\n" * 1000


def large(bench: Workbench, bound: int = LARGE) -> LargeMails:
    """Give where a house's large mails are."""
    return large_in(bench.house.data, bound)


def keep(bench: Workbench, raw_mail: raw.RawMail) -> None:
    """Keep a mail."""
    kept = raw.keep(bench.house.database, raw_mail, large(bench))
    with bench.house.database.writing() as connection:
        raw.record(connection, [kept])


def load(bench: Workbench, content: bytes) -> bytes:
    """Read what is kept under the hash of these bytes."""
    with bench.house.database.reading() as connection:
        return raw.load(connection, hashlib.sha256(content).hexdigest(), large(bench))


def files(bench: Workbench) -> list[str]:
    """Give every file of large mails."""
    folder = bench.house.data / "large"
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


@pytest.mark.parametrize("content", [b"", SMALL_MAIL, LARGE_MAIL, b"x" * LARGE, b"x" * (LARGE + 1)])
def test_what_is_kept_is_read_again_byte_for_byte(bench: Workbench, content: bytes) -> None:
    """However it arrived, in the database or as a file."""
    writer = raw.RawWriter(large(bench))
    for start in range(0, len(content), 777):
        writer.write(memoryview(content)[start : start + 777])
    raw_mail = writer.finish()
    keep(bench, raw_mail)

    assert content == load(bench, content)
    assert (len(content), content[: 64 * 1024]) == (raw_mail.size, raw_mail.head[: len(content)])
    digest = hashlib.sha256(content).hexdigest()
    assert ([f"{digest[:2]}/{digest}"] if len(content) > LARGE else []) == files(bench)


def test_the_same_large_mail_twice_is_one_file(bench: Workbench) -> None:
    """Both at once, before either has its name, or one after the other."""
    first, second = (raw.from_bytes(LARGE_MAIL, large(bench)) for _ in range(2))
    keep(bench, first)
    keep(bench, second)
    keep(bench, raw.from_bytes(LARGE_MAIL, large(bench)))

    assert (1, 1) == (len(files(bench)), len(bench.rows("raw_mails")))
    assert LARGE_MAIL == load(bench, LARGE_MAIL)


def test_a_crash_between_file_and_commit_leaves_a_file_and_no_row(bench: Workbench) -> None:
    """The mail comes again, since nobody was told that we have it, and is kept then."""

    class _Crash(Exception):
        pass

    raw_mail = raw.from_bytes(LARGE_MAIL, large(bench))
    kept = raw.keep(bench.house.database, raw_mail, large(bench))

    def crash(connection: Connection) -> None:
        raw.record(connection, [kept])
        raise _Crash

    with pytest.raises(_Crash), bench.house.database.writing() as connection:
        crash(connection)
    assert (1, 0) == (len(files(bench)), len(bench.rows("raw_mails")))

    keep(bench, raw.from_bytes(LARGE_MAIL, large(bench)))

    assert LARGE_MAIL == load(bench, LARGE_MAIL)


def test_a_row_never_speaks_of_a_file_that_is_not_there(bench: Workbench) -> None:
    """What is large is kept first, outside of any transaction, or it cannot be written down."""
    raw_mail = raw.from_bytes(LARGE_MAIL, large(bench))
    with bench.house.database.writing() as connection, pytest.raises(ValueError, match="be kept"):
        raw.record(connection, [raw_mail])

    raw.keep(bench.house.database, raw_mail, large(bench))

    assert [f"{raw_mail.sha256[:2]}/{raw_mail.sha256}"] == files(bench)
    assert [] == bench.rows("raw_mails")


def test_a_file_that_cannot_be_read_now_may_be_later(bench: Workbench) -> None:
    """A folder that is not mounted is an outage."""
    keep(bench, raw.from_bytes(LARGE_MAIL, large(bench)))
    folder = bench.house.data / "large"
    folder.rename(folder.with_name("away"))

    with pytest.raises(Transient, match="can't be read"):
        load(bench, LARGE_MAIL)


def test_a_mail_that_came_to_nothing_leaves_no_file(tmp_path: Path) -> None:
    """The client went away in the middle, or was refused at the end."""
    for finish in (False, True):
        with raw.RawWriter(large_in(tmp_path, LARGE)) as writer:
            writer.write(LARGE_MAIL)
            if finish:
                writer.finish()

    assert [] == list((tmp_path / "large" / "incoming").iterdir())


def test_a_mail_that_the_disk_did_not_take_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else each next try would make a full disk fuller."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        raw.from_bytes(LARGE_MAIL, large_in(tmp_path, LARGE))

    assert [] == list((tmp_path / "large" / "incoming").iterdir())


def test_closing_keeps_what_was_named(bench: Workbench) -> None:
    """The row speaks of it."""
    with raw.RawWriter(large(bench)) as writer:
        writer.write(LARGE_MAIL)
        keep(bench, writer.finish())

    assert LARGE_MAIL == load(bench, LARGE_MAIL)


def test_mails_of_a_group_are_written_in_one_order_everywhere(bench: Workbench) -> None:
    """Two nodes that have the same mails in hand do not wait for each other in a circle."""
    mails = [raw.from_text(b"%d" % number) for number in range(20)]
    written = "rowid" if bench.house.database.is_sqlite else "ctid"
    with bench.house.database.writing() as connection:
        raw.record(connection, mails)
        rows = connection.execute(select(raw_mails.c.sha256).order_by(literal_column(written)))
        found = rows.scalars()

        assert sorted(one.sha256 for one in mails) == list(found)


def test_a_small_mail_has_no_file(tmp_path: Path) -> None:
    """Nor a folder for one."""
    with raw.RawWriter(large_in(tmp_path, LARGE)) as writer:
        writer.write(SMALL_MAIL)
        writer.finish()

    assert [] == list(tmp_path.iterdir())


def test_a_changed_bound_harms_no_mail(bench: Workbench) -> None:
    """What was kept in the database stays there, and what was kept as a file, too."""
    keep(bench, raw.from_bytes(LARGE_MAIL, large(bench, len(LARGE_MAIL))))
    keep(bench, raw.from_bytes(LARGE_MAIL, large(bench)))
    keep(bench, raw.from_bytes(SMALL_MAIL, large(bench, 1)))
    keep(bench, raw.from_bytes(SMALL_MAIL, large(bench)))

    assert (LARGE_MAIL, SMALL_MAIL) == (load(bench, LARGE_MAIL), load(bench, SMALL_MAIL))


def test_every_folder_of_a_large_mail_is_synced(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name lasts only once the folder that it stands in does (fsync(2))."""
    synced: list[Path] = []
    sync_folder = large_folder.sync_folder

    def note(path: Path) -> None:
        synced.append(path)
        sync_folder(path)

    monkeypatch.setattr(large_folder, "sync_folder", note)
    raw_mail = raw.from_bytes(LARGE_MAIL, large(bench))
    keep(bench, raw_mail)

    data: Path = bench.house.data
    assert [data / "large" / raw_mail.sha256[:2], data / "large", data] == synced


def test_bytes_that_have_changed_are_no_mail(bench: Workbench) -> None:
    """A disk that forgets, or somebody with an editor: the mail waits, and harms no other."""
    keep(bench, raw.from_bytes(LARGE_MAIL, large(bench)))
    (name,) = files(bench)
    (bench.house.data / "large" / name).write_bytes(LARGE_MAIL[:-1] + b"x")

    with pytest.raises(Transient, match="bytes have changed"):
        load(bench, LARGE_MAIL)
