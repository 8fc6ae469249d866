"""What sources write down, on each database."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.mail.model import Envelope
from gateway.store import imap, raw, spool
from gateway.store.database import Database
from gateway.store.imap import FolderState, Seen, UidSpace
from gateway.store.migrate import migrate
from gateway.store.schema import imap_uids
from gateway.store.spool import Delivery
from lib.large import large_in

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SPACE = UidSpace("support", "INBOX", 7)
OTHERS = [
    UidSpace("other", "INBOX", 7),
    UidSpace("support", "Else", 7),
    UidSpace("support", "INBOX", 8),
]


@pytest.fixture
def database(house_url: str, tmp_path: Path) -> Iterator[Database]:
    """A database with the present tables."""
    found = Database(house_url, tmp_path)
    migrate(found)
    yield found
    found.close()


def test_a_folder_is_met_once(database: Database) -> None:
    """The first start stays, in whole seconds; the UIDVALIDITY changes when a scan is finished."""
    changed = UidSpace("support", "INBOX", 8)
    with database.writing() as c:
        imap.meet_folder(c, SPACE, NOON.replace(microsecond=5))
        expected = FolderState(NOON, 7)
        assert expected == imap.meet_folder(c, changed, NOON + timedelta(days=1))
        imap.finish_scan(c, changed)
        assert FolderState(NOON, 8) == imap.meet_folder(c, changed, NOON + timedelta(days=1))


def test_seen_is_seen(database: Database) -> None:
    """A UID counts within its account, folder and UIDVALIDITY; the first to write it wins."""
    uids = list(range(1, 12_001))
    with database.writing() as c:
        imap.record(c, SPACE, [Seen(uid, uid, marked=False) for uid in uids[::2]])
        imap.record(c, SPACE, [Seen(1, 999, marked=True)])
        assert uids[1::2] == imap.unseen(c, SPACE, uids)
        assert [[1]] * 3 == [imap.unseen(c, other, [1]) for other in OTHERS]
        assert [] == imap.unseen(c, SPACE, [])
        first = select(imap_uids.c.spool).where(imap_uids.c.uid == 1)
        assert 1 == c.execute(first).scalar_one()


def test_marks(database: Database) -> None:
    """What is ours and not marked is found again, in order and in parts."""
    with database.writing() as c:
        imap.record(c, SPACE, [Seen(uid, uid, marked=False) for uid in (5, 3, 4, 9)])
        imap.record(c, SPACE, [Seen(6, None, marked=True), Seen(7, 7, marked=True)])
        assert [3, 4] == imap.unmarked(c, SPACE, after=0, limit=2)
        assert [5, 9] == imap.unmarked(c, SPACE, after=4, limit=2)
        imap.set_marked(c, SPACE, [3, 4, 9])
        assert [5] == imap.unmarked(c, SPACE, after=0, limit=10)
        assert [[]] * 3 == [imap.unmarked(c, other, after=0, limit=10) for other in OTHERS]


def test_spooled(database: Database, tmp_path: Path) -> None:
    """Content is known only to the source that delivered it; its first delivery counts."""
    mail = raw.from_bytes(b"Subject: Hei\r\n\r\n", large_in(tmp_path))
    envelope = Envelope(None, "")
    deliveries = [
        Delivery(key, source, envelope, mail, "", NOON)
        for key, source in (("a", "imap:support"), ("b", "imap:support"), ("c", "imap:other"))
    ]
    with database.writing() as c:
        ids = [one[0].spool_id for one in spool.accept(c, [(d,) for d in deliveries], "n")]
        assert {mail.sha256: ids[0]} == imap.spooled(c, "imap:support", {mail.sha256, "0" * 64})
        assert {mail.sha256: ids[2]} == imap.spooled(c, "imap:other", {mail.sha256})
        assert {} == imap.spooled(c, "imap:support", set())


def test_how_a_source_fares(database: Database) -> None:
    """The last success and the last failure do not overwrite each other."""
    with database.writing() as c:
        assert imap.last_success(c, "imap:support") is None
        imap.failed(c, "imap:support", NOON, "no")
        assert imap.last_success(c, "imap:support") is None
        imap.succeeded(c, "imap:support", NOON)
        imap.failed(c, "imap:support", NOON, "no again")
        assert NOON == imap.last_success(c, "imap:support")
