"""What several nodes share: leases, grants; and what people asked to be forgotten."""

import sqlalchemy as sa
from alembic import op

from gateway.store.database import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take this step.

    Defaults are plain constants: for an expression Alembic copies the whole table, and on SQLite
    the copy forgets that its ids are never used again.
    """
    op.create_table(
        "grants",
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("refresh_token", sa.Text(), server_default="", nullable=False),
        sa.Column("access_token", sa.Text(), server_default="", nullable=False),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.Column("renewed_at", Instant(), nullable=True),
        sa.Column("file_digest", sa.String(length=64), server_default="", nullable=False),
        sa.Column("settings_digest", sa.String(length=64), server_default="", nullable=False),
        sa.Column("refused_at", Instant(), nullable=True),
        sa.Column("failed_at", Instant(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("dead", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("again_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_grants")),
    )
    op.create_table(
        "key_prints",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("noted_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_key_prints")),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("held_by", sa.String(length=200), server_default="", nullable=False),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("epoch", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "raw_removals",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("removed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", "generation", name=op.f("pk_raw_removals")),
    )
    op.create_table(
        "retentions",
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("reached", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("at", Instant(), nullable=True),
        sa.Column("erased", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("what", name=op.f("pk_retentions")),
    )
    op.create_table(
        "schema_ages",
        sa.Column("revision", sa.String(length=32), nullable=False),
        sa.Column("oldest", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_schema_ages")),
    )
    with op.batch_alter_table("raw_mails", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("generation", sa.Integer(), server_default="0", nullable=False)
        )
