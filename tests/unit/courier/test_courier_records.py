"""What became of a mail needs no sync of its own, and is on the disk within a second."""

from datetime import UTC, datetime
from pathlib import Path

from gateway.config.settings import Msa
from gateway.courier.records import Records
from gateway.store.database import Database
from gateway.store.schema import metadata


def test_a_commit_for_its_sync_alone_has_something_to_sync(tmp_path: Path) -> None:
    """SQLite syncs its log only where that has grown; here each time."""
    database = Database("sqlite:///house.db", tmp_path)
    log = tmp_path / "house.db-wal"
    now = datetime(2026, 11, 22, tzinfo=UTC)
    try:
        with database.writing() as connection:
            metadata.create_all(connection)
        records = Records(database, "node", Msa(host="mail.example"), lambda: now)
        sizes = [log.stat().st_size]
        for _ in range(2):
            with database.writing() as connection:
                records._touch(connection)  # noqa: SLF001  what is done after a second
            sizes.append(log.stat().st_size)
        records.close()
    finally:
        database.close()
    assert sizes == sorted(set(sizes))
