"""Tables of tickets, and of all that hangs on them."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from gateway.store.database import Instant
from gateway.store.schema.base import ID, metadata

tickets = Table(
    "tickets",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=False),
    Column("number", String(64), nullable=False, unique=True),
    Column("desk", String(64), nullable=False),
    Column("subject", Text, nullable=False),
    Column("type", String(80), nullable=False),
    Column("severity", String(80), nullable=False),
    Column("status", String(80), nullable=False),
    Column("phase", String(10), nullable=False),
    Column("requester", Text, nullable=False),
    Column("participants", JSON, nullable=False),
    Column("assignee", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
    Column("since", Instant, nullable=False),
    Column("fired", JSON, nullable=False),
    Column("answerable", Boolean, nullable=False),
    Column("organisation", Text, nullable=False, server_default=""),
    # 0 where there is none.
    Column("merged_into", BigInteger, nullable=False, server_default=text("0")),
    Column("parent", BigInteger, nullable=False, server_default=text("0")),
    Column("answered_by", Text, nullable=False, server_default=""),
    Column("answered_at", Instant),
    Column("hold_until", Instant),
    # Seconds.
    Column("time_spent", BigInteger, nullable=False, server_default=text("0")),
    # [number, URL] of each.
    Column("defects", JSON, nullable=False, server_default=text("'[]'")),
    Column("group", String(80), nullable=False, server_default=""),
    Column("tags", JSON, nullable=False, server_default=text("'[]'")),
    Column("canned", JSON, nullable=False, server_default=text("'[]'")),
    Column("account", Text, nullable=False, server_default=""),
    Column("level", String(80), nullable=False, server_default=""),
    Column("resolution", String(80), nullable=False, server_default=""),
    Column("is_work", Boolean, nullable=False, server_default=text("true")),
    # Names of fields.
    Column("by_agent", JSON, nullable=False, server_default=text("'[]'")),
    Column("submitted_at", Instant),
    # [status, since] of each, oldest first.
    Column("stays", JSON, nullable=False, server_default=text("'[]'")),
    Column("first_answered_at", Instant),
    # Names of timers.
    Column("alerted", JSON, nullable=False, server_default=text("'[]'")),
    Column("timezone", String(64), nullable=False, server_default=""),
    Column("product", Text, nullable=False, server_default=""),
    # [column, day] of each.
    Column("dates", JSON, nullable=False, server_default=text("'[]'")),
    Column("suggested", Integer, nullable=False, server_default=text("0")),
    # When the first of the targets that run will be missed, and be at risk; none if none runs.
    Column("due_at", Instant),
    Column("risk_at", Instant),
)
Index(
    "ix_tickets_children",
    tickets.c.parent,
    sqlite_where=text("parent <> 0"),
    postgresql_where=text("parent <> 0"),
)
Index(
    "ix_tickets_duplicates",
    tickets.c.merged_into,
    sqlite_where=text("merged_into <> 0"),
    postgresql_where=text("merged_into <> 0"),
)
# How the console lists them: those that are not closed, and all.
for _name in ("due_at", "updated_at"):
    Index(
        f"ix_tickets_open_by_{_name}",
        tickets.c[_name],
        sqlite_where=text("phase <> 'closed'"),
        postgresql_where=text("phase <> 'closed'"),
    )
Index("ix_tickets_updated_at", tickets.c.updated_at)
# All that the overview says of what is left, without looking at the tickets themselves.
Index(
    "ix_tickets_backlog",
    *(tickets.c[name] for name in ("desk", "status", "severity", "opened_at", "due_at", "risk_at")),
    sqlite_where=text("phase <> 'closed'"),
    postgresql_where=text("phase <> 'closed'"),
)
# Those of whom somebody who writes may have a likely duplicate.
for _name in ("organisation", "requester"):
    Index(
        f"ix_tickets_open_of_{_name}",
        tickets.c.desk,
        tickets.c[_name],
        tickets.c.opened_at,
        sqlite_where=text(f"phase <> 'closed' AND {_name} <> ''"),
        postgresql_where=text(f"phase <> 'closed' AND {_name} <> ''"),
    )


entries = Table(
    "entries",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=False),
    Column("ticket", BigInteger, ForeignKey("tickets.id"), nullable=False, index=True),
    # One mail, one entry.
    Column("spool", BigInteger, unique=True),
    Column("at", Instant, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("direction", String(3), nullable=False),
    Column("author", Text, nullable=False),
    Column("text", Text, nullable=False),
    # [start, end, kind] of each piece of the text that is not new.
    Column("folds", JSON, nullable=False),
    Column("attachments", JSON, nullable=False),
    Column("automatic", Boolean, nullable=False),
    Column("internal", Boolean, nullable=False),
    # [address, why] of each recipient that it did not reach.
    Column("undelivered", JSON, nullable=False, server_default=text("'[]'")),
)


events = Table(
    "events",
    metadata,
    Column("ticket", BigInteger, ForeignKey("tickets.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("actor", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("changes", JSON, nullable=False),
)


links = Table(
    "links",
    metadata,
    Column("ticket", BigInteger, ForeignKey("tickets.id"), primary_key=True),
    Column("other", BigInteger, ForeignKey("tickets.id"), primary_key=True),
    Column("why", Text, nullable=False),
)


# Every Message-ID seen on a ticket; `given_to` is the recipient of one that we issued.
message_ids = Table(
    "message_ids",
    metadata,
    Column("message_id", Text, primary_key=True),
    Column("ticket", BigInteger, ForeignKey("tickets.id"), primary_key=True),
    Column("given_to", Text, nullable=False),
)


timers = Table(
    "timers",
    metadata,
    Column("ticket", BigInteger, ForeignKey("tickets.id"), primary_key=True),
    Column("timer", String(64), primary_key=True),
    Column("due_at", Instant, nullable=False, index=True),
)

# Ids that mails on a ticket answer and that nobody here has seen: two with the same one belong
# together.
ancestors = Table(
    "ancestors",
    metadata,
    Column("message_id", Text, primary_key=True),
    Column("ticket", BigInteger, ForeignKey("tickets.id"), primary_key=True),
)
