"""What agents who work by mail need: limits, merges, likenesses, absences."""

import sqlalchemy as sa
from alembic import op

from gateway.store.database import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take this step.

    Defaults are plain constants: for an expression Alembic copies the whole table, and on SQLite
    the copy forgets that its ids are never used again.
    """
    op.create_table(
        "absences",
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("agent", name=op.f("pk_absences")),
    )
    op.create_table(
        "alarms",
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("about", name=op.f("pk_alarms")),
    )
    op.create_table(
        "articles",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("sought", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("title", "language", name=op.f("pk_articles")),
    )
    op.create_table(
        "correspondents",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("muted_until", Instant(), nullable=True),
        sa.Column("muted_why", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_correspondents")),
    )
    op.create_table(
        "organisation_domains",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_organisation_domains")),
    )
    op.create_table(
        "person_aliases",
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("alias", name=op.f("pk_person_aliases")),
    )
    with op.batch_alter_table("person_aliases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_aliases_address"), ["address"], unique=False)

    op.create_table(
        "ancestors",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("ticket", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name=op.f("fk_ancestors_ticket")),
        sa.PrimaryKeyConstraint("message_id", "ticket", name=op.f("pk_ancestors")),
    )
    op.create_table(
        "bands",
        sa.Column("desk", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(length=24), nullable=False),
        sa.Column("ticket", sa.BigInteger(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name=op.f("fk_bands_ticket")),
        sa.PrimaryKeyConstraint("desk", "value", "ticket", name=op.f("pk_bands")),
    )
    with op.batch_alter_table("bands", schema=None) as batch_op:
        batch_op.create_index("ix_bands_at", ["at"], unique=False)

    op.create_table(
        "incidents",
        sa.Column(
            "ticket",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("desk", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name=op.f("fk_incidents_ticket")),
        sa.PrimaryKeyConstraint("ticket", name=op.f("pk_incidents")),
    )
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.create_index("ix_incidents_latest", ["desk", "at"], unique=False)

    op.create_table(
        "likenesses",
        sa.Column(
            "ticket",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("desk", sa.String(length=64), nullable=False),
        sa.Column("sketch", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name=op.f("fk_likenesses_ticket")),
        sa.PrimaryKeyConstraint("ticket", name=op.f("pk_likenesses")),
    )
    with op.batch_alter_table("likenesses", schema=None) as batch_op:
        batch_op.create_index(
            "ix_likenesses_signature",
            ["desk", "signature", "ticket"],
            unique=False,
            sqlite_where=sa.text("signature <> ''"),
            postgresql_where=sa.text("signature <> ''"),
        )

    op.create_table(
        "lessons",
        sa.Column("spool", sa.BigInteger(), nullable=False),
        sa.Column("spam", sa.Boolean(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("learnt_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["spool"], ["spool.id"], name=op.f("fk_lessons_spool")),
        sa.PrimaryKeyConstraint("spool", name=op.f("pk_lessons")),
    )
    with op.batch_alter_table("entries", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("undelivered", sa.JSON(), server_default="[]", nullable=False)
        )

    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("spool", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("entry", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("domain", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("topic", sa.String(length=64), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("vouched", sa.Boolean(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("failed", sa.Boolean(), server_default="0", nullable=False))
        batch_op.alter_column("ticket", existing_type=sa.BIGINT(), nullable=True)
        batch_op.create_index(
            "ix_outbox_answers",
            ["queued_at", "recipient", "entry"],
            unique=False,
            sqlite_where=sa.text("template = 'customer/answer'"),
            postgresql_where=sa.text("template = 'customer/answer'"),
        )
        batch_op.create_index(
            "ix_outbox_breaker",
            ["queued_at", "domain", "vouched"],
            unique=False,
            sqlite_where=sa.text("domain <> ''"),
            postgresql_where=sa.text("domain <> ''"),
        )
        batch_op.create_index(
            "ix_outbox_counted",
            ["recipient", "queued_at"],
            unique=False,
            sqlite_where=sa.text("domain <> ''"),
            postgresql_where=sa.text("domain <> ''"),
        )
        batch_op.create_index(
            "ix_outbox_flood",
            ["queued_at", "ticket"],
            unique=False,
            sqlite_where=sa.text("template = 'agent/flood'"),
            postgresql_where=sa.text("template = 'agent/flood'"),
        )

    with op.batch_alter_table("persons", schema=None) as batch_op:
        batch_op.add_column(sa.Column("facts", sa.JSON(), server_default="{}", nullable=False))

    with op.batch_alter_table("spool", schema=None) as batch_op:
        batch_op.add_column(sa.Column("author", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("stranger", sa.Boolean(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("admitted_by", sa.Text(), server_default="", nullable=False))
        batch_op.create_index("ix_spool_author", ["author", "received_at"], unique=False)
        batch_op.create_index(
            "ix_spool_strangers",
            ["desk", "received_at"],
            unique=False,
            sqlite_where=sa.text("stranger"),
            postgresql_where=sa.text("stranger"),
        )

    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("organisation", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("merged_into", sa.BigInteger(), server_default="0", nullable=False)
        )
        batch_op.add_column(
            sa.Column("parent", sa.BigInteger(), server_default="0", nullable=False)
        )
        batch_op.add_column(sa.Column("answered_by", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("answered_at", Instant(), nullable=True))
        batch_op.add_column(sa.Column("hold_until", Instant(), nullable=True))
        batch_op.add_column(
            sa.Column("time_spent", sa.BigInteger(), server_default="0", nullable=False)
        )
        batch_op.add_column(sa.Column("defects", sa.JSON(), server_default="[]", nullable=False))
        batch_op.create_index(
            "ix_tickets_children",
            ["parent"],
            unique=False,
            sqlite_where=sa.text("parent <> 0"),
            postgresql_where=sa.text("parent <> 0"),
        )
        batch_op.create_index(
            "ix_tickets_duplicates",
            ["merged_into"],
            unique=False,
            sqlite_where=sa.text("merged_into <> 0"),
            postgresql_where=sa.text("merged_into <> 0"),
        )
        batch_op.create_index(
            "ix_tickets_open_of_organisation",
            ["desk", "organisation", "opened_at"],
            unique=False,
            sqlite_where=sa.text("phase <> 'closed' AND organisation <> ''"),
            postgresql_where=sa.text("phase <> 'closed' AND organisation <> ''"),
        )
        batch_op.create_index(
            "ix_tickets_open_of_requester",
            ["desk", "requester", "opened_at"],
            unique=False,
            sqlite_where=sa.text("phase <> 'closed' AND requester <> ''"),
            postgresql_where=sa.text("phase <> 'closed' AND requester <> ''"),
        )
