"""Tries to sign in that failed, for as long as they count against who tries again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, func, select

from gateway.store.schema import sign_in_failures as failures


@dataclass(frozen=True, slots=True)
class Counted:
    """How many there were for an address, from a peer, and for the one from the other."""

    address: int
    peer: int
    both: int


def count(connection: Connection, address: str, peer: str, since: datetime) -> Counted:
    """Count what failed since a time; an `address` of "" is nobody's."""
    table = failures.c
    late = table.at > since
    same_address, same_peer = table.address == address, table.peer == peer

    def counted(*conditions: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(failures).where(late, *conditions)
        found: int = connection.execute(query).scalar_one()
        return found

    if not address:
        return Counted(0, counted(same_peer), 0)
    both = counted(same_address, same_peer)
    return Counted(counted(same_address), counted(same_peer), both)


def note(connection: Connection, address: str, peer: str, at: datetime) -> int:
    """Note a failure, and give its id."""
    row = {"address": address, "peer": peer, "at": at}
    inserted = connection.execute(failures.insert().values(row).returning(failures.c.id))
    found: int = inserted.scalar_one()
    return found


def forgive(connection: Connection, failure: int, address: str, peer: str) -> None:
    """Remove a failure that was none, and what failed before for that address from there."""
    table = failures.c
    same = (table.address == address) & (table.peer == peer) & (table.address != "")
    connection.execute(delete(failures).where((table.id == failure) | same))


def forget(connection: Connection, before: datetime) -> None:
    """Remove what counts for nothing any more."""
    connection.execute(delete(failures).where(failures.c.at <= before))
