"""Tables of the console: who may sign in, what they did, and the templates that they wrote."""

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from gateway.store.database import Instant
from gateway.store.schema.base import ID, metadata

users = Table(
    "users",
    metadata,
    Column("id", ID, primary_key=True),
    # A mail address in small letters; an agent's where they act as one.
    Column("address", String(320), nullable=False, unique=True),
    Column("name", Text, nullable=False, server_default=""),
    # "admin", "supervisor" or "agent".
    Column("role", String(20), nullable=False),
    # Argon2id's own form; "" for who signs in by other means only.
    Column("password", Text, nullable=False, server_default=""),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
    sqlite_autoincrement=True,
)


# Of a session's secret only the SHA-256 is kept.
sessions = Table(
    "sessions",
    metadata,
    Column("secret", String(64), primary_key=True),
    Column("user", BigInteger, ForeignKey("users.id"), nullable=False, index=True),
    Column("began_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False, index=True),
    # What the browser calls itself, and where it asks from.
    Column("browser", Text, nullable=False, server_default=""),
    Column("peer", String(64), nullable=False, server_default=""),
)


# Each try to sign in that failed, for as long as it counts.
sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("id", ID, primary_key=True),
    Column("address", String(320), nullable=False),
    Column("peer", String(64), nullable=False),
    Column("at", Instant, nullable=False, index=True),
    sqlite_autoincrement=True,
)
Index("ix_sign_in_failures_address", sign_in_failures.c.address, sign_in_failures.c.at)
Index("ix_sign_in_failures_peer", sign_in_failures.c.peer, sign_in_failures.c.at)


# What was done by whom; append-only.
audit = Table(
    "audit",
    metadata,
    Column("id", ID, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
    # The address of a user, or "operator" for the command line.
    Column("actor", String(320), nullable=False),
    Column("peer", String(64), nullable=False, server_default=""),
    # As in "template.save".
    Column("action", String(40), nullable=False),
    # A case number, a template, a mail's id, an address.
    Column("about", Text, nullable=False, server_default=""),
    Column("detail", Text, nullable=False, server_default=""),
    sqlite_autoincrement=True,
)


# Templates that were written in the console: of each file the newest version holds. Append-only.
template_versions = Table(
    "template_versions",
    metadata,
    Column("id", ID, primary_key=True),
    # As in config/desk.py's `templates`: the folder of a desk, "" for a general one.
    Column("folder", String(80), nullable=False),
    Column("language", String(8), nullable=False),
    Column("name", String(200), nullable=False),
    Column("part", String(40), nullable=False),
    # None: from here on the file holds again, if there is one.
    Column("text", Text),
    Column("author", String(320), nullable=False),
    Column("at", Instant, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    # The SHA-256 of the file that held before it, to see when that is changed later; "" for none.
    Column("beneath", String(64), nullable=False, server_default=""),
    sqlite_autoincrement=True,
)
Index(
    "ix_template_versions_file",
    *(template_versions.c[name] for name in ("folder", "language", "name", "part", "id")),
)


# How often rules hit, by day. Workers of one shard add to one row, so that many do not wait.
rule_counts = Table(
    "rule_counts",
    metadata,
    Column("desk", String(64), primary_key=True),
    Column("rule", String(200), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("shard", Integer, primary_key=True),
    Column("hits", BigInteger, nullable=False),
)


# Past mails decided anew under the present rules, and what would differ.
backtests = Table(
    "backtests",
    metadata,
    Column("id", ID, primary_key=True),
    Column("actor", String(320), nullable=False),
    Column("desk", String(64), nullable=False, server_default=""),
    Column("began_at", Instant, nullable=False),
    Column("since", Instant, nullable=False),
    # "running", "done" or "failed".
    Column("state", String(10), nullable=False),
    Column("ended_at", Instant),
    Column("result", JSON),
    sqlite_autoincrement=True,
)
