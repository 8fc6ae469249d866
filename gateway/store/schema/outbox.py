"""Tables of what goes out, and of what its limits rest on."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    text,
)

from gateway.store.database import Instant
from gateway.store.schema.base import ID, metadata

outbox = Table(
    "outbox",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=False),
    # What it is about: a ticket, a held mail, or neither.
    Column("ticket", BigInteger, ForeignKey("tickets.id"), index=True),
    Column("spool", BigInteger),
    # The entry whose words it bears.
    Column("entry", BigInteger),
    Column("template", String(100), nullable=False),
    Column("recipient", Text, nullable=False),
    Column("reverse_path", Text, nullable=False),
    Column("message_id", Text, nullable=False, unique=True),
    Column("content", LargeBinary, nullable=False),
    Column("automatic", Boolean, nullable=False),
    # What its limits are counted by: the recipient's domain, the subject without what varies. The
    # domain is empty where a mail counts towards none.
    Column("domain", Text, nullable=False, server_default=""),
    Column("topic", String(64), nullable=False, server_default=""),
    Column("vouched", Boolean, nullable=False, server_default=text("true")),
    # It answers a mail that the recipient's domain disowns.
    Column("failed", Boolean, nullable=False, server_default=text("false")),
    Column("queued_at", Instant, nullable=False),
    Column("state", String(10), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    # Set, durably, before DATA: from here on nobody can know what the other side keeps.
    Column("data_at", Instant),
    Column("uncertain_times", Integer, nullable=False, server_default=text("0")),
    Column("last_reply", Text, nullable=False, server_default=""),
    Column("settled_at", Instant),
    Column("claimed_by", String(200), nullable=False, server_default=""),
    Column("lease_until", Instant),
    Column("epoch", Integer, nullable=False, server_default=text("0")),
)
Index(
    "ix_outbox_due",
    outbox.c.due_at,
    sqlite_where=text("settled_at IS NULL"),
    postgresql_where=text("settled_at IS NULL"),
)

Index("ix_outbox_state", outbox.c.state)
Index(
    "ix_outbox_counted",
    outbox.c.recipient,
    outbox.c.queued_at,
    sqlite_where=text("domain <> ''"),
    postgresql_where=text("domain <> ''"),
)
# What agents were told.
Index(
    "ix_outbox_told",
    outbox.c.recipient,
    outbox.c.queued_at,
    sqlite_where=text("domain = ''"),
    postgresql_where=text("domain = ''"),
)
# What was sent to everybody in the last hour is counted by this index alone.
Index(
    "ix_outbox_breaker",
    outbox.c.queued_at,
    outbox.c.domain,
    outbox.c.vouched,
    sqlite_where=text("domain <> ''"),
    postgresql_where=text("domain <> ''"),
)
Index(
    "ix_outbox_flood",
    outbox.c.queued_at,
    outbox.c.ticket,
    sqlite_where=text("template = 'agent/flood'"),
    postgresql_where=text("template = 'agent/flood'"),
)

# What agents wrote in the last hour.
Index(
    "ix_outbox_answers",
    outbox.c.queued_at,
    outbox.c.recipient,
    outbox.c.entry,
    sqlite_where=text("template = 'customer/answer'"),
    postgresql_where=text("template = 'customer/answer'"),
)

# Whom we write to by ourselves. The row is the lock under which its limits are counted; the
# breakers have one each, "@DOMAIN" and "@".
correspondents = Table(
    "correspondents",
    metadata,
    Column("address", Text, primary_key=True),
    # Set when mail to it came back for good.
    Column("muted_until", Instant),
    Column("muted_why", Text, nullable=False, server_default=""),
)

# What an operator has to know for a while; a breaker's is about the name that its lock has.
alarms = Table(
    "alarms",
    metadata,
    Column("about", Text, primary_key=True),
    Column("what", Text, nullable=False),
    Column("until", Instant, nullable=False),
)
