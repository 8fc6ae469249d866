"""Sessions of the console's users; of their secrets only digests are kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from gateway.store.schema import sessions, users
from gateway.store.users import User, user_of

# Of one user; for one more the one that was not seen for longest ends.
_MOST = 20


@dataclass(frozen=True, slots=True)
class Session:
    """A session as in a list: `browser` is what it calls itself, `peer` where it asks from."""

    digest: str
    began_at: datetime
    seen_at: datetime
    browser: str
    peer: str


def begin(  # noqa: PLR0913  a session's row
    connection: Connection,
    digest: str,
    user: int,
    now: datetime,
    ends_at: datetime,
    *,
    browser: str = "",
    peer: str = "",
) -> None:
    """Begin a session."""
    for old in of(connection, user)[_MOST - 1 :]:
        end(connection, old.digest)
    row = {"secret": digest, "user": user, "began_at": now, "seen_at": now, "ends_at": ends_at}
    connection.execute(sessions.insert().values(**row, browser=browser, peer=peer))


def find(
    connection: Connection, digest: str, now: datetime, idle: timedelta
) -> tuple[User, datetime] | None:
    """Give who is signed in by a secret, and when they were seen last; None if nobody is."""
    row = connection.execute(
        select(users, sessions.c.seen_at)
        .join(sessions, sessions.c.user == users.c.id)
        .where(
            sessions.c.secret == digest,
            sessions.c.ends_at > now,
            sessions.c.seen_at > now - idle,
            users.c.disabled_at.is_(None),
        )
    ).first()
    return (user_of(row), row.seen_at) if row is not None else None


def of(connection: Connection, user: int) -> tuple[Session, ...]:
    """List a user's sessions that have not been removed, the one that was seen last first."""
    rows = connection.execute(
        select(sessions)
        .where(sessions.c.user == user)
        .order_by(sessions.c.seen_at.desc(), sessions.c.secret)
    )
    return tuple(
        Session(row.secret, row.began_at, row.seen_at, row.browser, row.peer) for row in rows
    )


def see(connection: Connection, digest: str, now: datetime) -> None:
    """Note that a session is used."""
    connection.execute(update(sessions).where(sessions.c.secret == digest).values(seen_at=now))


def end(connection: Connection, digest: str) -> None:
    """End a session."""
    connection.execute(delete(sessions).where(sessions.c.secret == digest))


def end_all(connection: Connection, user: int, but: str = "") -> int:
    """End all sessions of a user but the one with that digest; give how many there were."""
    whose = delete(sessions).where(sessions.c.user == user, sessions.c.secret != but)
    return connection.execute(whose).rowcount


def forget(connection: Connection, now: datetime, idle: timedelta) -> None:
    """Remove the sessions that have ended."""
    over = (sessions.c.ends_at <= now) | (sessions.c.seen_at <= now - idle)
    connection.execute(delete(sessions).where(over))
