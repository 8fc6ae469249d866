"""What is kept of each OAuth2 grant, for all nodes: sealed tokens, how it fares, its alarm."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, delete, select

from gateway.store.database import insert
from gateway.store.schema import alarms, grants


@dataclass(frozen=True, slots=True)
class Kept:
    """A grant's row. Tokens are sealed, "" where there is none; `error` was the last one.

    `again_at` is when a provider that failed may be asked again, None after it answered.
    `refused_at` is when a mail server last refused a token that had not ended.
    """

    account: str
    refresh_token: str = ""
    access_token: str = ""
    expires_at: datetime | None = None
    renewed_at: datetime | None = None
    file_digest: str = ""
    settings_digest: str = ""
    refused_at: datetime | None = None
    failed_at: datetime | None = None
    failures: int = 0
    dead: bool = False
    error: str = ""
    again_at: datetime | None = None


_COLUMNS = tuple(grants.c[field.name] for field in fields(Kept))


def read(connection: Connection, account: str) -> Kept:
    """Give what is kept of an account's grant; nothing but its name before its first token."""
    row = connection.execute(select(*_COLUMNS).where(grants.c.account == account)).one_or_none()
    return Kept(account) if row is None else Kept(*row)


def read_to_change(connection: Connection, account: str) -> Kept:
    """Read a row that nobody else can change until this transaction ends."""
    entered = insert(connection, grants).values(account=account).on_conflict_do_nothing()
    connection.execute(entered)
    locked = select(*_COLUMNS).where(grants.c.account == account).with_for_update()
    return Kept(*connection.execute(locked).one())


def keep(connection: Connection, kept: Kept) -> None:
    """Write a whole row."""
    values = asdict(kept)
    entry = insert(connection, grants).values(values)
    connection.execute(
        entry.on_conflict_do_update(
            index_elements=[grants.c.account],
            set_={name: entry.excluded[name] for name in values if name != "account"},
        )
    )


def forget(connection: Connection, account: str) -> None:
    """Remove what is kept of an account, and its alarm."""
    connection.execute(delete(grants).where(grants.c.account == account))
    set_alarm(connection, account, "", None)


def set_alarm(connection: Connection, account: str, what: str, until: datetime | None) -> None:
    """Let people know of a grant until then, or no more where `until` is None."""
    about = f"grant {account}"
    connection.execute(delete(alarms).where(alarms.c.about == about))
    if until is not None:
        connection.execute(insert(connection, alarms).values(about=about, what=what, until=until))
