"""Leases: what one process of all nodes does at a time, such as reading a mailbox.

Whoever takes a lease gets an epoch, and one that was lost is renewed by nobody: its epoch is not
the row's any more. A lease only saves work. Two who both believe that they have it do no harm,
since what they write has unique keys.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, select, update

from gateway.store.claimant import Claimant, is_dead
from gateway.store.database import insert
from gateway.store.schema import leases

OF_A_GRANT = timedelta(seconds=90)
"""How long a process has to renew a grant: longer than the token server may take
(`oauth2/token_server.py`) and the tokens wait for the database."""


def take(
    connection: Connection, name: str, claimant: Claimant, now: datetime, lease: timedelta
) -> int | None:
    """Take what nobody has, or what has run out; its epoch, or None where somebody has it.

    What a dead process of this machine had is free at once.
    """
    row = _row(connection, name)
    mine = {"held_by": str(claimant), "lease_until": now + lease}
    if row is None:
        entered = insert(connection, leases).values(name=name, epoch=1, **mine)
        first = entered.on_conflict_do_nothing().returning(leases.c.epoch)
        return connection.execute(first).scalar_one_or_none()
    if not _is_over(row, claimant.node, now):
        return None
    # Of those who find it free at the same time, the first one changes the epoch for the others.
    taken = connection.execute(
        update(leases)
        .where(leases.c.name == name, leases.c.epoch == row.epoch)
        .values(epoch=leases.c.epoch + 1, **mine)
        .returning(leases.c.epoch)
    )
    return taken.scalar_one_or_none()


def is_free(connection: Connection, name: str, claimant: Claimant, now: datetime) -> bool:
    """Say whether it is worth trying to take a lease; writes nothing."""
    row = _row(connection, name)
    return row is None or _is_over(row, claimant.node, now)


def _row(connection: Connection, name: str) -> Row[tuple[object, ...]] | None:
    return connection.execute(select(leases).where(leases.c.name == name)).one_or_none()


def _is_over(row: Row[tuple[object, ...]], node: str, now: datetime) -> bool:
    ended: bool = row.lease_until is None or row.lease_until <= now
    return ended or is_dead(row.held_by, node)


def renew(connection: Connection, name: str, epoch: int, now: datetime, lease: timedelta) -> bool:
    """Keep a lease for longer; False if somebody else has taken it since."""
    renewed = connection.execute(
        update(leases)
        .where(leases.c.name == name, leases.c.epoch == epoch, leases.c.held_by != "")
        .values(lease_until=now + lease)
    )
    return renewed.rowcount == 1


def give_up(connection: Connection, name: str, epoch: int) -> None:
    """Let others have a lease at once, unless somebody has taken it already."""
    connection.execute(
        update(leases)
        .where(leases.c.name == name, leases.c.epoch == epoch)
        .values(held_by="", lease_until=None)
    )


def holders(connection: Connection, now: datetime) -> dict[str, str]:
    """Give the nodes that have leases by the names of these, what ran out left out."""
    rows = connection.execute(
        select(leases.c.name, leases.c.held_by).where(
            leases.c.held_by != "", leases.c.lease_until > now
        )
    )
    return {row.name: row.held_by.rsplit("/", 3)[0] for row in rows}
