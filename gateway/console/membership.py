"""What changes who may sign in, in the console and on the command line alike."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from gateway.config.address import canonical
from gateway.console.roles import UserRole
from gateway.errors import Misused
from gateway.store import sessions, users
from gateway.store.users import User

_LONGEST_NAME = 200
LAST = "there would be no admin left who may sign in: make another one first"


@dataclass(frozen=True, slots=True)
class NewUser:
    """Who is to be added; `password` is its hash, "" for none."""

    address: str
    name: str
    role: UserRole
    password: str = ""


def address_of(typed: str) -> str:
    """Give the address that is meant. Raises Misused."""
    try:
        return canonical(typed)
    except ValueError as error:
        raise Misused(f'"{typed[:80]}" is no mail address: {error}') from error


def role_of(typed: str) -> UserRole:
    """Give the role that is meant. Raises Misused."""
    try:
        return UserRole(typed)
    except ValueError:
        known = ", ".join(UserRole)
        raise Misused(f'"{typed[:40]}" is no role; the roles are {known}') from None


def add(connection: Connection, new: NewUser, now: datetime) -> int:
    """Add a user, and give the id. Raises Misused where the address is known already."""
    if users.find(connection, new.address) is not None:
        raise Misused(f"{new.address} is a user already")
    name = new.name.strip()[:_LONGEST_NAME]
    return users.add(connection, new.address, name, new.role, new.password, now)


def give_role(connection: Connection, user: User, role: UserRole) -> None:
    """Give a user another role. Raises Misused where nobody would be left to give roles."""
    if role is not UserRole.ADMIN:
        _spare(connection, user)
    users.set_role(connection, user.id, role)


def give_password(connection: Connection, user: User, password: str) -> None:
    """Give a user another password, by its hash; whoever has signed in as them is out."""
    users.set_password(connection, user.id, password)
    sessions.end_all(connection, user.id)


def disable(connection: Connection, user: User, now: datetime) -> None:
    """Let a user sign in no more, and end what they have open. Raises Misused for the last."""
    _spare(connection, user)
    users.set_disabled(connection, user.id, now)
    sessions.end_all(connection, user.id)


def enable(connection: Connection, user: User) -> None:
    """Let a user sign in again."""
    users.set_disabled(connection, user.id, None)


def _spare(connection: Connection, user: User) -> None:
    if users.active(connection, UserRole.ADMIN) == (user.id,):
        raise Misused(LAST)
