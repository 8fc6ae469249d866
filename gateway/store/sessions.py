"""Sessions of the console's users; of their secrets only digests are kept."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from gateway.store.schema import sessions, users
from gateway.store.users import User, user_of


def begin(connection: Connection, digest: str, user: int, now: datetime, ends_at: datetime) -> None:
    """Begin a session."""
    row = {"secret": digest, "user": user, "began_at": now, "seen_at": now, "ends_at": ends_at}
    connection.execute(sessions.insert().values(row))


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


def see(connection: Connection, digest: str, now: datetime) -> None:
    """Note that a session is used."""
    connection.execute(update(sessions).where(sessions.c.secret == digest).values(seen_at=now))


def end(connection: Connection, digest: str) -> None:
    """End a session."""
    connection.execute(delete(sessions).where(sessions.c.secret == digest))
