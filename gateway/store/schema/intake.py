"""Tables of what came in: raw mails, the spool, its books, and mailboxes."""

from sqlalchemy import (
    JSON,
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

raw_mails = Table(
    "raw_mails",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size", BigInteger, nullable=False),
    # NULL where the bytes lie in a file or an object (store/raw.py).
    Column("content", LargeBinary),
    # Of its name outside the database: how often that was given up before (store/removals.py).
    Column("generation", Integer, nullable=False, server_default=text("0")),
)


raw_removals = Table(
    "raw_removals",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("generation", Integer, primary_key=True, autoincrement=False),
    Column("removed_at", Instant, nullable=False),
)


spool = Table(
    "spool",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("delivery_key", String(64), nullable=False, unique=True),
    Column("source", String(100), nullable=False),
    Column("raw", String(64), ForeignKey("raw_mails.sha256"), nullable=False),
    # NULL where no transport said it, '' for the null reverse-path.
    Column("reverse_path", Text),
    Column("recipient", Text, nullable=False),
    Column("peer", String(64), nullable=False),
    Column("helo", Text, nullable=False),
    Column("tls", Boolean, nullable=False),
    # Filed without any answer: mail that lay in a mailbox before we came.
    Column("quiet", Boolean, nullable=False),
    # What a cheap scan found; a mail that answers it waits until it is filed.
    Column("message_id", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("day", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("desk", String(64), nullable=False, server_default=""),
    Column("ticket", BigInteger),
    Column("duplicate_of", BigInteger),
    Column("settled_at", Instant),
    Column("trace", JSON),
    # The one clean From address, once the mail was read.
    Column("author", Text, nullable=False, server_default=""),
    # It opened a ticket, and nobody vouches for its author.
    Column("stranger", Boolean, nullable=False, server_default=text("false")),
    # Who let it in after it was held.
    Column("admitted_by", Text, nullable=False, server_default=""),
    # Attempts are charged to a mail that was alone when its worker died by itself.
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("claims_alone", Integer, nullable=False, server_default=text("0")),
    Column("alone", Boolean, nullable=False, server_default=text("false")),
    Column("claimed_by", String(200), nullable=False, server_default=""),
    Column("lease_until", Instant),
    Column("epoch", Integer, nullable=False, server_default=text("0")),
    Column("not_before", Instant),
    sqlite_autoincrement=True,
)
Index(
    "ix_spool_waiting",
    spool.c.id,
    sqlite_where=text("state = 'waiting'"),
    postgresql_where=text("state = 'waiting'"),
)
Index(
    "ix_spool_waiting_message_id",
    spool.c.message_id,
    sqlite_where=text("state = 'waiting'"),
    postgresql_where=text("state = 'waiting'"),
)
# Mails that wait for a person, and mails that lead to no ticket: few among many.
Index(
    "ix_spool_aside",
    spool.c.state,
    spool.c.id,
    sqlite_where=text("state IN ('held', 'failed')"),
    postgresql_where=text("state IN ('held', 'failed')"),
)
Index(
    "ix_spool_ticketless",
    spool.c.reason,
    sqlite_where=text("state = 'filed' AND ticket IS NULL"),
    postgresql_where=text("state = 'filed' AND ticket IS NULL"),
)
Index("ix_spool_author", spool.c.author, spool.c.received_at)
Index(
    "ix_spool_strangers",
    spool.c.desk,
    spool.c.received_at,
    sqlite_where=text("stranger"),
    postgresql_where=text("stranger"),
)
Index("ix_spool_books", spool.c.day, spool.c.source, spool.c.state, spool.c.desk)
# After a mailbox has new UIDs, its mails are known by their bytes.
Index("ix_spool_raw", spool.c.raw)


# Counts what was received apart from the spool's rows, so that a row that vanishes is noticed.
ledger = Table(
    "ledger",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("source", String(100), primary_key=True),
    Column("node", String(100), primary_key=True),
    Column("received", BigInteger, nullable=False),
    Column("repeated", BigInteger, nullable=False),
)


fingerprints = Table(
    "fingerprints",
    metadata,
    Column("desk", String(64), primary_key=True),
    Column("fingerprint", String(64), primary_key=True),
    Column("spool", BigInteger, nullable=False),
    # Set for a mail with neither Message-ID nor Date: later, the same text is said anew.
    Column("expires_at", Instant),
)


imap_folders = Table(
    "imap_folders",
    metadata,
    Column("account", String(100), primary_key=True),
    Column("folder", Text, primary_key=True),
    Column("uidvalidity", BigInteger, nullable=False),
    # The first start: older mail is backlog.
    Column("first_seen_at", Instant, nullable=False),
)


imap_uids = Table(
    "imap_uids",
    metadata,
    Column("account", String(100), primary_key=True),
    Column("folder", Text, primary_key=True),
    Column("uidvalidity", BigInteger, primary_key=True),
    Column("uid", BigInteger, primary_key=True),
    # NULL for a mail that was passed over: backlog, or too large.
    Column("spool", BigInteger),
    # Whether the keyword was set or the mail moved, where that is asked for.
    Column("marked", Boolean, nullable=False),
)
Index(
    "ix_imap_uids_unmarked",
    imap_uids.c.account,
    imap_uids.c.folder,
    imap_uids.c.uidvalidity,
    imap_uids.c.uid,
    sqlite_where=text("marked IS 0 AND spool IS NOT NULL"),
    postgresql_where=text("marked IS false AND spool IS NOT NULL"),
)


sources = Table(
    "sources",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("last_success_at", Instant),
    Column("last_error_at", Instant),
    Column("last_error", Text, nullable=False, server_default=""),
)

# What a spam filter is to learn from, until it has.
lessons = Table(
    "lessons",
    metadata,
    Column("spool", BigInteger, ForeignKey("spool.id"), primary_key=True),
    Column("spam", Boolean, nullable=False),
    Column("at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("learnt_at", Instant),
)
