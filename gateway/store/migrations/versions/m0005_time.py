"""What time needs: the ledger of clocks, defects, feedback, reports that were sent."""

import sqlalchemy as sa
from alembic import op

from gateway.store.database import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


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
