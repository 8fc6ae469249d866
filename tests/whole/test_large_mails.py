"""Large mails of daemons with disks of their own, and one bucket and one database between them."""

import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.config.load import load
from gateway.store import raw
from gateway.store.database import Database
from gateway.store.large_mails import LargeMails
from gateway.store.large_places import large_mails_of
from gateway.store.leftovers import Leftovers
from gateway.store.schema import raw_mails, spool
from lib.daemon import DaemonProcess, insist, share_keys
from lib.workbench import write_house
from servers import process
from servers.object_store import ObjectStore, object_store, table, write_keys

pytestmark = pytest.mark.thorough

_SENDER, _RECIPIENT = "jan@klant.example", "help@north.example"
_HEAD = b"From: Jan <jan@klant.example>\r\nSubject: Report\r\nMessage-ID: <%d@klant.example>\r\n"
_MORE = """
[[listener]]
port = {port}

[limits]
free_bytes = 1
free_inodes = 1
"""


def letter(number: int, size: int) -> bytes:
    """Write a mail with an attachment of that size."""
    line = b"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2\r\n"
    return b"".join(
        (
            _HEAD % number,
            b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n",
            b"--b\r\n\r\nSee there.\r\n",
            b"--b\r\nContent-Type: application/octet-stream; name=report.bin\r\n",
            b"Content-Transfer-Encoding: base64\r\n\r\n",
            line * (size // len(line)),
            b"--b--\r\n",
        )
    )


class Node:
    """A machine: its configuration, its disk, its daemon."""

    def __init__(self, folder: Path, url: str, store: ObjectStore, bucket: str) -> None:
        """Write the configuration."""
        self.path = write_house(folder, url)
        self.port = process.free_port()
        more = _MORE.format(port=self.port) + table(store.url, bucket)
        self.path.write_text(f"{self.path.read_text()}{more}")
        write_keys(self.path.parent)
        self._log = folder / "log"

    def daemon(self, only: str = "", fail_point: str = "") -> DaemonProcess:
        """Give its daemon, not started."""
        return DaemonProcess(self.path, self.port, self._log, only, fail_point)

    @property
    def large(self) -> LargeMails:
        """Give where its large mails are."""
        return large_mails_of(load(self.path).settings)

    def database(self) -> Database:
        """Connect to its database."""
        settings = load(self.path).settings
        return Database(settings.database.url, settings.data)

    def files(self) -> list[Path]:
        """List the large mails on its disk."""
        large = self.path.parent / "data" / "large"
        return [path for path in large.rglob("*") if path.is_file()]


@pytest.fixture
def store() -> Iterator[ObjectStore]:
    """Run an object store."""
    with object_store() as one:
        yield one


def states(database: Database) -> list[str]:
    """Give how the mails of the spool stand."""
    with database.reading() as connection:
        return list(connection.execute(select(spool.c.state).order_by(spool.c.id)).scalars())


def test_what_one_node_took_another_files(
    store: ObjectStore, postgresql_url: str, tmp_path: Path
) -> None:
    """It lies in the bucket and on neither disk."""
    bucket = store.bucket()
    one, other = (Node(tmp_path / name, postgresql_url, store, bucket) for name in ("one", "two"))
    taking, filing = one.daemon("listener"), other.daemon("listener,worker")
    taking.start()
    share_keys(one.path.parent / "data", other.path.parent / "data")
    database = one.database()
    try:
        insist(one.port, _SENDER, _RECIPIENT, letter(1, 700_000))
        assert ["waiting"] == states(database)
        filing.start()
        process.wait_until(lambda: states(database) == ["filed"], seconds=60, what="the filing")
        assert [] == one.files() + other.files()
        assert 1 == len(one.large.places[0].page("", 10).stored)
    finally:
        taking.stop()
        filing.stop()
        database.close()


def test_a_kill_between_the_upload_and_the_row_loses_nothing(
    store: ObjectStore, tmp_path: Path
) -> None:
    """The client was told nothing. What it had sent goes after a day, or is its next try's."""
    node = Node(tmp_path / "one", "sqlite:///casepost.db", store, store.bucket())
    doomed, healthy = node.daemon("listener", "raw.kept"), node.daemon()
    doomed.start()
    with pytest.raises(smtplib.SMTPException), smtplib.SMTP("127.0.0.1", node.port) as client:
        client.sendmail(_SENDER, [_RECIPIENT], letter(1, 700_000))
    process.wait_until(lambda: doomed.ended, what="the daemon's end")
    database, large = node.database(), node.large
    try:
        assert [] == states(database)
        assert 1 == len(large.places[0].page("", 10).stored)
        sweeping = Leftovers(database, large, timedelta(minutes=15), tmp_path / "outgoing")
        # The bytes, and the file that they were written to while they arrived.
        assert 2 == sweeping.sweep(datetime.now(UTC) + timedelta(days=2))
        assert ((), []) == (large.places[0].page("", 10).stored, node.files())

        healthy.start()
        insist(node.port, _SENDER, _RECIPIENT, letter(1, 700_000))
        process.wait_until(lambda: states(database) == ["filed"], seconds=60, what="the filing")
        with database.reading() as connection:
            assert letter(1, 700_000) == raw.load_of(connection, 1, large)
            assert [1] == list(connection.execute(select(raw_mails.c.generation)).scalars())
    finally:
        healthy.stop()
        database.close()


def _memory(daemon: DaemonProcess, what: str) -> int:
    """Give the bytes of memory that a daemon and its workers have, or had at most."""
    found = 0
    for pid in daemon.processes():
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        found += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(what))
    return found


def test_a_mail_of_25_mb_costs_four_times_its_size(store: ObjectStore, tmp_path: Path) -> None:
    """In listener and worker together, while it is taken, uploaded, read again and filed."""
    node = Node(tmp_path / "one", "sqlite:///casepost.db", store, store.bucket())
    daemon, database = node.daemon("listener,worker"), node.database()
    daemon.start()
    try:
        insist(node.port, _SENDER, _RECIPIENT, letter(1, 700_000))
        process.wait_until(lambda: states(database) == ["filed"], seconds=60, what="the filing")
        before = _memory(daemon, "VmRSS:")
        large = letter(2, 25_000_000)
        insist(node.port, _SENDER, _RECIPIENT, large)
        process.wait_until(lambda: states(database)[1:] == ["filed"], seconds=60, what="the second")
        assert _memory(daemon, "VmHWM:") - before <= 4 * len(large)
    finally:
        daemon.stop()
        database.close()
