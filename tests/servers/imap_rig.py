"""A database and the IMAP sources that fill it, for tests against a real or a scripted server."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Select, func, select

from gateway.config.settings import ImapAccount, TlsMode
from gateway.imap_source.account import ImapSource
from gateway.imap_source.filing import Spooling
from gateway.oauth2.grant import Grant
from gateway.store.database import Database
from gateway.store.large_mails import Place
from gateway.store.migrate import migrate
from gateway.store.schema import imap_uids, ledger, sources, spool
from lib.large import large_in
from servers import process


@dataclass(slots=True)
class Rig:
    """Where the sources of one test put their mail; `account` is what `source()` starts from."""

    account: ImapAccount
    database: Database
    folder: Path
    password: str = "swordfish"
    grant: Grant | None = None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    message_size: int = 1024 * 1024
    places: tuple[Place, ...] = ()
    received: threading.Event = field(default_factory=threading.Event)

    def source(self, **changes: object) -> ImapSource:
        """Make a source whose account differs from the rig's in some settings."""
        spooling = Spooling(
            database=self.database,
            node="test",
            large=large_in(self.folder, 64 * 1024, *self.places),
            message_size=self.message_size,
            now=self.now,
            received=self.received.set,
        )
        settings: dict[str, Any] = dict(changes)
        account = replace(self.account, **settings)
        password = self.password
        return ImapSource(account, lambda: password, spooling, jitter=lambda: 1.0, grant=self.grant)

    @contextmanager
    def running(self, **changes: object) -> Iterator[ImapSource]:
        """Run a source; at the end it must stop, whatever state it is in."""
        source = self.source(**changes)
        source.start()
        try:
            yield source
        finally:
            assert source.stop(5), "the source did not stop"

    def run_once(self, **changes: object) -> None:
        """Run a source until it has scanned the whole folder."""
        before = self.last_success()
        with self.running(**changes):
            self.wait(lambda: self.last_success() != before, "a whole scan")

    def wait(self, true: Callable[[], bool], what: str) -> None:
        """Wait until something is true, with the last error of the source if it never is."""
        try:
            process.wait_until(true, what=what)
        except TimeoutError as error:
            raise TimeoutError(f"{error}; the source says: {self.last_error()!r}") from None

    def wait_for_rows(self, count: int) -> None:
        """Wait until the spool has that many mails."""
        self.wait(lambda: self.rows() >= count, f"{count} mails in the spool")
        assert count == self.rows()

    def rows(self) -> int:
        """Count the mails in the spool."""
        return int(self.one(select(func.count()).select_from(spool)))

    def marked(self) -> int:
        """Count the mails that are known to bear their mark."""
        return int(self.one(select(func.count()).select_from(imap_uids).where(imap_uids.c.marked)))

    def received_and_repeated(self) -> tuple[int, int]:
        """Give what the ledger counted."""
        (row,) = self.all(select(func.sum(ledger.c.received), func.sum(ledger.c.repeated)))
        return int(row[0]), int(row[1])

    def last_success(self) -> datetime | None:
        """Give when the source last knew its whole mailbox."""
        found: datetime | None = self.one(select(sources.c.last_success_at))
        return found

    def last_error(self) -> str:
        """Give what the source last complained of."""
        return str(self.one(select(sources.c.last_error)) or "")

    def one(self, statement: Select[Any]) -> Any:  # noqa: ANN401  what the column holds
        """Give the first value that a query finds, None if it finds nothing."""
        with self.database.reading() as connection:
            return connection.execute(statement).scalar()

    def all(self, statement: Select[Any]) -> list[Any]:
        """Give every row that a query finds."""
        with self.database.reading() as connection:
            return list(connection.execute(statement).all())

    def count_commits(self, patch: pytest.MonkeyPatch) -> list[str]:
        """Give a list that grows with each write transaction: `durable` or `lazy`."""
        commits: list[str] = []
        writing = self.database.writing

        def counted(*, durable: bool = True) -> AbstractContextManager[Connection]:
            commits.append("durable" if durable else "lazy")
            return writing(durable=durable)

        patch.setattr(self.database, "writing", counted)
        return commits


@contextmanager
def rig(account: ImapAccount, url: str, folder: Path) -> Iterator[Rig]:
    """Make a rig on a database of its own."""
    database = Database(url, folder)
    migrate(database)
    try:
        yield Rig(account, database, folder)
    finally:
        database.close()


def account(user: str, port: int, **settings: object) -> ImapAccount:
    """Make an account on loopback that is quick to notice and to come back."""
    quick: dict[str, Any] = {
        "tls": TlsMode.NONE,
        "password_file": "unused",
        "connect_timeout": 5,
        "read_timeout": 5,
        "reconnect_first": 0.05,
        "reconnect_most": 0.2,
    }
    return ImapAccount(name="support", host="127.0.0.1", port=port, user=user, **(quick | settings))


def mail(number: int, body: str = "Moi") -> bytes:
    """Make a small mail that differs from every other."""
    return (
        f"From: jan@klant.example\r\nTo: support@desk.example\r\nSubject: Mail {number}\r\n"
        f"Message-ID: <{number}@klant.example>\r\n\r\n{body}\r\n"
    ).encode()
