"""Mails that wait for a person, held or failed, and those that led to no ticket.

Conditions of partial indexes are spelt out: no index is found by a bound parameter.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, func, select, text

from gateway.desk.decision import Reason
from gateway.store.schema import spool
from gateway.store.spool import State, is_waiting


class Aside(StrEnum):
    """Why a mail waits for a person."""

    HELD = State.HELD.value
    FAILED = State.FAILED.value


@dataclass(frozen=True, slots=True)
class KeptAside:
    """A mail that waits for a person; `reverse_path` is None where no transport said one."""

    spool_id: int
    received_at: datetime
    source: str
    reverse_path: str | None
    recipient: str
    desk: str
    reason: str
    attempts: int


def kept_aside(connection: Connection, state: Aside) -> tuple[KeptAside, ...]:
    """Give all mails that wait for a person for this reason, oldest first."""
    columns = [spool.c[name] for name in KeptAside.__dataclass_fields__ if name != "spool_id"]
    rows = connection.execute(
        select(spool.c.id.label("spool_id"), *columns)
        .where(text("state IN ('held', 'failed')"), spool.c.state == state.value)
        .order_by(spool.c.id)
    )
    return tuple(KeptAside(**row._mapping) for row in rows)  # noqa: SLF001  SQLAlchemy's public name


def without_ticket(connection: Connection) -> int:
    """Count the mails that are filed and on no ticket, since they belong to none."""
    reasons = (Reason.ORPHAN.value, Reason.OWN_MAIL.value)
    return connection.execute(
        select(func.count())
        .select_from(spool)
        .where(text("state = 'filed' AND ticket IS NULL"), spool.c.reason.in_(reasons))
    ).scalar_one()


def waits_since(connection: Connection) -> datetime | None:
    """Say since when the oldest waiting mail waits; None if none does."""
    return connection.execute(
        select(spool.c.received_at).where(is_waiting()).order_by(spool.c.id).limit(1)
    ).scalar_one_or_none()
