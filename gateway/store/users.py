"""Who may sign in to the console."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, func, select, update

from gateway.store.schema import sessions, users


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may sign in; `address` is in small letters, `role` one of the console's."""

    id: int
    address: str
    name: str
    role: str
    created_at: datetime
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A user as in a list: whether they have a password, and when they were seen last, if known."""

    user: User
    has_password: bool
    seen_at: datetime | None


def add(
    connection: Connection, address: str, name: str, role: str, password: str, now: datetime
) -> int:
    """Add a user, and give the id; `password` is its hash, "" for none."""
    row = {
        "address": address,
        "name": name,
        "role": role,
        "password": password,
        "created_at": now,
    }
    inserted = connection.execute(users.insert().values(row).returning(users.c.id))
    found: int = inserted.scalar_one()
    return found


def find(connection: Connection, address: str) -> User | None:
    """Give the user of an address, disabled or not."""
    row = connection.execute(select(users).where(users.c.address == address)).first()
    return user_of(row) if row is not None else None


def by_id(connection: Connection, user: int) -> User | None:
    """Give a user, disabled or not."""
    row = connection.execute(select(users).where(users.c.id == user)).first()
    return user_of(row) if row is not None else None


def listed(connection: Connection) -> tuple[Listed, ...]:
    """List all users by their addresses."""
    seen = (
        select(sessions.c.user, func.max(sessions.c.seen_at).label("seen_at"))
        .group_by(sessions.c.user)
        .subquery()
    )
    rows = connection.execute(
        select(users, seen.c.seen_at)
        .outerjoin(seen, seen.c.user == users.c.id)
        .order_by(users.c.address)
    )
    return tuple(Listed(user_of(row), bool(row.password), row.seen_at) for row in rows)


def password_of(connection: Connection, user: int) -> str:
    """Give the hash of a user's password, "" for none."""
    query = select(users.c.password).where(users.c.id == user)
    found: str = connection.execute(query).scalar_one()
    return found


def set_password(connection: Connection, user: int, password: str) -> None:
    """Give a user another password, by its hash; "" for none."""
    _change(connection, user, password=password)


def set_role(connection: Connection, user: int, role: str) -> None:
    """Give a user another role."""
    _change(connection, user, role=role)


def set_disabled(connection: Connection, user: int, at: datetime | None) -> None:
    """Let a user sign in no more from a time on, or with None let them sign in again."""
    _change(connection, user, disabled_at=at)


def active(connection: Connection, role: str) -> tuple[int, ...]:
    """Give who has a role and may sign in; their rows are kept from others until the end.

    So that of two changes at once, each of which needs that there is another, the second sees what
    the first did.
    """
    rows = connection.execute(
        select(users.c.id)
        .where(users.c.role == role, users.c.disabled_at.is_(None))
        .order_by(users.c.id)
        .with_for_update()
    )
    return tuple(rows.scalars())


def _change(connection: Connection, user: int, **values: object) -> None:
    connection.execute(update(users).where(users.c.id == user).values(**values))


def user_of(row: Row[tuple[object, ...]]) -> User:
    """Give the user that a row is about."""
    return User(row.id, row.address, row.name, row.role, row.created_at, row.disabled_at)
