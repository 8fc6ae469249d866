"""What policy needs: orders and accounts, hits of rules, what tickets remember."""

import sqlalchemy as sa
from alembic import op

from gateway.store.database import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take this step.

    Defaults are plain constants: for an expression Alembic copies the whole table, and on SQLite
    the copy forgets that its ids are never used again.
    """
    op.create_table(
        "account_names",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", "address", name=op.f("pk_account_names")),
    )
    with op.batch_alter_table("account_names", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_names_address"), ["address"], unique=False)

    op.create_table(
        "orders",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("purchased_on", sa.String(length=10), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_orders")),
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_address"), ["address"], unique=False)

    op.create_table(
        "rule_hits",
        sa.Column("spool", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.String(length=80), nullable=False),
        sa.Column("desk", sa.String(length=64), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("spool", "rule", name=op.f("pk_rule_hits")),
    )
    with op.batch_alter_table("rule_hits", schema=None) as batch_op:
        batch_op.create_index("ix_rule_hits_at", ["at"], unique=False)
        batch_op.create_index("ix_rule_hits_of_sender", ["sender", "desk", "at"], unique=False)

    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("group", sa.String(length=80), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("tags", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("canned", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("account", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("level", sa.String(length=80), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("resolution", sa.String(length=80), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("is_work", sa.Boolean(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("by_agent", sa.JSON(), server_default="[]", nullable=False))
