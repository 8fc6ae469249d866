"""Who may sign in to the console."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, select

from gateway.store.schema import users


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may sign in; `address` is in small letters, `role` one of the console's."""

    id: int
    address: str
    name: str
    role: str
    created_at: datetime
    disabled_at: datetime | None = None


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


def user_of(row: Row[tuple[object, ...]]) -> User:
    """Give the user that a row is about."""
    return User(row.id, row.address, row.name, row.role, row.created_at, row.disabled_at)
