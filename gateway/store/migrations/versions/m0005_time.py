"""What time needs: the ledger of clocks, defects, feedback, reports that were sent."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from gateway.store.database import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_AT_ONCE = 500
_TICKETS = sa.table(
    "tickets",
    sa.column("id", sa.BigInteger()),
    sa.column("status", sa.Text()),
    sa.column("since", Instant()),
    sa.column("opened_at", Instant()),
    sa.column("defects", sa.JSON()),
    sa.column("submitted_at", Instant()),
    sa.column("stays", sa.JSON()),
    sa.column("first_answered_at", Instant()),
)
_EVENTS = sa.table(
    "events",
    sa.column("ticket", sa.BigInteger()),
    sa.column("version", sa.Integer()),
    sa.column("at", Instant()),
    sa.column("changes", sa.JSON()),
)
_ENTRIES = sa.table("entries", sa.column("ticket", sa.BigInteger()), sa.column("spool"))
_SPOOL = sa.table("spool", sa.column("id"), sa.column("received_at", Instant()))
_TICKET_DEFECTS = sa.table("ticket_defects", sa.column("number"), sa.column("ticket"))


def upgrade() -> None:
    """Take this step.

    Defaults are plain constants: for an expression Alembic copies the whole table, and on SQLite
    the copy forgets that its ids are never used again.
    """
    op.create_table(
        "sent_reports",
        sa.Column("desk", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("desk", "period", name=op.f("pk_sent_reports")),
    )
    op.create_table(
        "feedback",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("ticket", sa.BigInteger(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("first_rated_at", Instant(), nullable=True),
        sa.Column("rated_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name=op.f("fk_feedback_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("token", name=op.f("uq_feedback_token")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.create_index("ix_feedback_asked", ["recipient", "asked_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_feedback_rated_at"), ["rated_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_feedback_ticket"), ["ticket"], unique=False)

    op.create_table(
        "ticket_defects",
        sa.Column("number", sa.String(length=200), nullable=False),
        sa.Column("ticket", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name=op.f("fk_ticket_defects_ticket")),
        sa.PrimaryKeyConstraint("number", "ticket", name=op.f("pk_ticket_defects")),
    )
    op.create_table(
        "defect_notices",
        sa.Column("desk", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=200), nullable=False),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("ticket", sa.BigInteger(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name=op.f("fk_defect_notices_ticket")),
        sa.PrimaryKeyConstraint("desk", "number", "recipient", name=op.f("pk_defect_notices")),
    )
    with op.batch_alter_table("defect_notices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_defect_notices_ticket"), ["ticket"], unique=False)

    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_told",
            ["recipient", "queued_at"],
            unique=False,
            sqlite_where=sa.text("domain = ''"),
            postgresql_where=sa.text("domain = ''"),
        )

    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("submitted_at", Instant(), nullable=True))
        batch_op.add_column(sa.Column("stays", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("first_answered_at", Instant(), nullable=True))
        batch_op.add_column(sa.Column("alerted", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(
            sa.Column("timezone", sa.String(length=64), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("product", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("dates", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(
            sa.Column("suggested", sa.Integer(), server_default="0", nullable=False)
        )
    _fill_in(op.get_bind())


def _fill_in(connection: sa.Connection) -> None:
    """Give the tickets that are there the ledger that their events tell, and note their defects."""
    ticket = _TICKETS.c
    filled = (
        sa.update(_TICKETS)
        .where(ticket.id == sa.bindparam("of"))
        .values(
            submitted_at=sa.bindparam("began", type_=Instant()),
            stays=sa.bindparam("stayed", type_=sa.JSON()),
            first_answered_at=sa.bindparam("answered", type_=Instant()),
        )
    )
    last = 0
    while found := connection.execute(
        sa.select(ticket.id, ticket.status, ticket.since, ticket.opened_at, ticket.defects)
        .where(ticket.id > last)
        .order_by(ticket.id)
        .limit(_AT_ONCE)
    ).all():
        first, last = found[0].id, found[-1].id
        told = _told(connection, first, last)
        came = _came(connection, first, last)
        rows = [_ledger(row, told.get(row.id, []), came.get(row.id)) for row in found]
        connection.execute(filled, rows)
        numbers = {(str(n).strip().casefold(), row.id) for row in found for n, _ in row.defects}
        defects = [{"number": n, "ticket": one} for n, one in sorted(numbers) if len(n) <= 200]
        if defects:
            connection.execute(sa.insert(_TICKET_DEFECTS), defects)


def _told(
    connection: sa.Connection, first: int, last: int
) -> dict[int, list[tuple[datetime, str, str]]]:
    """Give what events changed on these tickets, oldest first: when, which field, its value."""
    found: dict[int, list[tuple[datetime, str, str]]] = {}
    event = _EVENTS.c
    for row in connection.execute(
        sa.select(event.ticket, event.at, event.changes)
        .where(event.ticket.between(first, last))
        .order_by(event.ticket, event.version)
    ):
        changes = ((row.at, field, value) for field, value in row.changes)
        found.setdefault(row.ticket, []).extend(changes)
    return found


def _came(connection: sa.Connection, first: int, last: int) -> dict[int, datetime]:
    """Give when the first mail on each of these tickets reached us."""
    rows = connection.execute(
        sa.select(_ENTRIES.c.ticket, sa.func.min(_SPOOL.c.received_at).label("came"))
        .join(_SPOOL, _SPOOL.c.id == _ENTRIES.c.spool)
        .where(_ENTRIES.c.ticket.between(first, last))
        .group_by(_ENTRIES.c.ticket)
    )
    return {row.ticket: row.came for row in rows}


def _ledger(
    row: sa.Row[*tuple[Any, ...]],
    told: Iterable[tuple[datetime, str, str]],
    came: datetime | None,
) -> dict[str, object]:
    stays: list[list[str]] = []
    began = min(came or row.opened_at, row.opened_at)
    answered: datetime | None = None
    is_work = True
    for at, field, value in told:
        if field == "status" and (not stays or stays[-1][0] != value):
            stays.append([value, at.isoformat()])
        elif field == "answered":
            answered = answered or at
        elif field == "is_work":
            began = at if value == "yes" and not is_work else began
            is_work = value == "yes"
    if not stays:
        stays.append([row.status, row.since.isoformat()])
    return {"of": row.id, "began": began, "stayed": stays, "answered": answered}
