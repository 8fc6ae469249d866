"""Tables of what follows a case: defects it is about, feedback that is asked for, reports."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from gateway.store.database import Instant
from gateway.store.schema.base import ID, metadata

# Which tickets are about a defect, by its number in small letters; how it is written, and where it
# can be read about, stands in their rows.
ticket_defects = Table(
    "ticket_defects",
    metadata,
    Column("number", String(200), primary_key=True),
    Column("ticket", BigInteger, ForeignKey("tickets.id"), primary_key=True),
)


# Who was told that a defect is fixed, each once, however many cases of theirs are about it.
defect_notices = Table(
    "defect_notices",
    metadata,
    Column("desk", String(64), primary_key=True),
    Column("number", String(200), primary_key=True),
    Column("recipient", String(320), primary_key=True),
    Column("ticket", BigInteger, ForeignKey("tickets.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
)


# A request for feedback, and what came of it. Of its secret only the SHA-256 is kept.
feedback = Table(
    "feedback",
    metadata,
    Column("id", ID, primary_key=True),
    Column("token", String(64), nullable=False, unique=True),
    Column("ticket", BigInteger, ForeignKey("tickets.id"), nullable=False, index=True),
    Column("recipient", Text, nullable=False),
    # The number of the mail that asks, in the outbox.
    Column("mail", BigInteger, index=True),
    # Whose answer closed the case, "" if nobody's did.
    Column("agent", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    # 1 to 5.
    Column("stars", Integer),
    Column("comment", Text, nullable=False, server_default=""),
    Column("first_rated_at", Instant),
    Column("rated_at", Instant, index=True),
    # When somebody followed a link that no person sees.
    Column("trapped_at", Instant),
    # What was sent by something that may be a program; it counts for nothing.
    Column("unconfirmed_stars", Integer),
    Column("unconfirmed_comment", Text, nullable=False, server_default=""),
    Column("unconfirmed_at", Instant),
    sqlite_autoincrement=True,
)
Index("ix_feedback_asked", feedback.c.recipient, feedback.c.asked_at)


# Reports that were mailed, each once whatever node sends it.
sent_reports = Table(
    "sent_reports",
    metadata,
    Column("desk", String(64), primary_key=True),
    # As in 2026-03.
    Column("period", String(16), primary_key=True),
    Column("at", Instant, nullable=False),
)
