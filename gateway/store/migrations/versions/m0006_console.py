"""What pages need: users, sessions, versions of templates, what was done by whom."""

import sqlalchemy as sa
from alembic import op

from gateway.store.database import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take this step.

    Defaults are plain constants: for an expression Alembic copies the whole table, and on SQLite
    the copy forgets that its ids are never used again.
    """
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(length=320), nullable=False),
        sa.Column("peer", sa.String(length=64), server_default="", nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("about", sa.Text(), server_default="", nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_at"), ["at"], unique=False)

    op.create_table(
        "backtests",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("actor", sa.String(length=320), nullable=False),
        sa.Column("desk", sa.String(length=64), server_default="", nullable=False),
        sa.Column("began_at", Instant(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backtests")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "rule_counts",
        sa.Column("desk", sa.String(length=64), nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("hits", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("desk", "rule", "day", "shard", name=op.f("pk_rule_counts")),
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("peer", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failures")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sign_in_failures", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_failures_address", ["address", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_failures_at"), ["at"], unique=False)
        batch_op.create_index("ix_sign_in_failures_peer", ["peer", "at"], unique=False)

    op.create_table(
        "template_versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("folder", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("author", sa.String(length=320), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("beneath", sa.String(length=64), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_versions")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("template_versions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_template_versions_file", ["folder", "language", "name", "part", "id"], unique=False
        )

    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("password", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("disabled_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("address", name=op.f("uq_users_address")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sessions",
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("user", sa.BigInteger(), nullable=False),
        sa.Column("began_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("browser", sa.Text(), server_default="", nullable=False),
        sa.Column("peer", sa.String(length=64), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["user"], ["users.id"], name=op.f("fk_sessions_user")),
        sa.PrimaryKeyConstraint("secret", name=op.f("pk_sessions")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_ends_at"), ["ends_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sessions_user"), ["user"], unique=False)

    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mail", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("trapped_at", Instant(), nullable=True))
        batch_op.add_column(sa.Column("unconfirmed_stars", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("unconfirmed_comment", sa.Text(), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("unconfirmed_at", Instant(), nullable=True))
        batch_op.create_index(batch_op.f("ix_feedback_mail"), ["mail"], unique=False)

    with op.batch_alter_table("spool", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_spool_books"))
        batch_op.create_index("ix_spool_books", ["day", "source", "state", "desk"], unique=False)

    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("due_at", Instant(), nullable=True))
        batch_op.add_column(sa.Column("risk_at", Instant(), nullable=True))
        batch_op.create_index(
            "ix_tickets_backlog",
            ["desk", "status", "severity", "opened_at", "due_at", "risk_at"],
            unique=False,
            sqlite_where=sa.text("phase <> 'closed'"),
            postgresql_where=sa.text("phase <> 'closed'"),
        )
        batch_op.create_index(
            "ix_tickets_open_by_due_at",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("phase <> 'closed'"),
            postgresql_where=sa.text("phase <> 'closed'"),
        )
        batch_op.create_index(
            "ix_tickets_open_by_updated_at",
            ["updated_at"],
            unique=False,
            sqlite_where=sa.text("phase <> 'closed'"),
            postgresql_where=sa.text("phase <> 'closed'"),
        )
        batch_op.create_index("ix_tickets_updated_at", ["updated_at"], unique=False)
