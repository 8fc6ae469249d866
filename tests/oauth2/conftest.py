"""A token server, and grants on each kind of database whose clock moves only when it is told to."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from gateway.config.oauth2 import GrantType, OAuth2
from gateway.oauth2.grant import Grant
from gateway.oauth2.ledger import Ledger
from gateway.oauth2.request import Client
from gateway.oauth2.seal import Seal
from gateway.oauth2.secret_files import SecretFiles
from gateway.store import grants, limits
from gateway.store.claimant import this_process
from gateway.store.database import Database
from gateway.store.grants import Kept
from gateway.store.schema import metadata
from servers import token_server
from servers.token_server import TokenServer

USER = "support@desk.example"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass(slots=True)
class Stage:
    """What the grants of a test have in common; `key` seals their tokens."""

    folder: Path
    database: Database
    tokens: TokenServer
    at: datetime = NOON
    key: bytes = b"k" * 32
    made: list[Grant] = field(default_factory=list)

    def now(self) -> datetime:
        """Give the time."""
        return self.at

    def pass_time(self, **length: float) -> None:
        """Let time pass."""
        self.at += timedelta(**length)

    def secret(self, name: str, text: str) -> str:
        """Put a secret into a file; gives its name."""
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o600)
        return name

    def grant(self, account: str = "imap:support", **settings: Any) -> Grant:  # noqa: ANN401
        """Make a grant that asks by its client's own secret, unless told otherwise."""
        usual = OAuth2(
            grant=GrantType.CLIENT_CREDENTIALS,
            client_id=USER,
            client_secret_file=self.secret("client-secret", "canary-secret"),
            token_url=self.tokens.url,
        )
        client = Client(
            replace(usual, **settings), USER, SecretFiles(self.folder / "casepost.toml")
        )
        ledger = Ledger(account, self.database, Seal(self.key), this_process("test"))
        found = Grant(client, ledger, self.now, lambda: 1.0)
        self.made.append(found)
        return found

    def agreed(self, account: str = "imap:support", **settings: Any) -> Grant:  # noqa: ANN401
        """Make a grant with a refresh token in a file."""
        name = f"{account.partition(':')[2]}-token"
        self.secret(name, self.tokens.new_refresh_token())
        settings = {"client_secret_file": None, **settings}
        return self.grant(
            account, grant=GrantType.REFRESH_TOKEN, refresh_token_file=name, **settings
        )

    def kept(self, account: str = "imap:support") -> Kept:
        """Give what the database has of a grant."""
        with self.database.reading() as connection:
            return grants.read(connection, account)

    def alarms(self) -> tuple[str, ...]:
        """Give the alarms that stand."""
        with self.database.reading() as connection:
            return limits.raised(connection, self.at)

    def everything(self) -> str:
        """Give all that the database holds, as text."""
        with self.database.reading() as connection:
            tables = [connection.execute(select(table)).all() for table in metadata.sorted_tables]
        return repr(tables)


@pytest.fixture
def tokens() -> Iterator[TokenServer]:
    """A token server that does as it should until a test says otherwise."""
    with token_server.running(TokenServer()) as found:
        yield found


@pytest.fixture
def stage(tmp_path: Path, house_url: str, tokens: TokenServer) -> Iterator[Stage]:
    """A database of each kind, and a token server."""
    database = Database(house_url, tmp_path)
    if database.is_sqlite:
        with database.writing() as connection:
            metadata.create_all(connection)
    yield Stage(tmp_path, database, tokens)
    database.close()
