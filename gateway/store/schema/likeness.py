"""The tables by which tickets that are alike are found."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, String, Table, text

from gateway.store.database import Instant
from gateway.store.schema.base import ID, metadata

# What a ticket's first mail is like.
likenesses = Table(
    "likenesses",
    metadata,
    Column("ticket", ID, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("desk", String(64), nullable=False),
    # Empty where there is too little of a text.
    Column("sketch", LargeBinary, nullable=False),
    # That of a crash, "" if there is none.
    Column("signature", String(64), nullable=False),
)
Index(
    "ix_likenesses_signature",
    likenesses.c.desk,
    likenesses.c.signature,
    likenesses.c.ticket,
    sqlite_where=text("signature <> ''"),
    postgresql_where=text("signature <> ''"),
)

# By which a flood of nearly the same mails is found. They are needed for its window only.
bands = Table(
    "bands",
    metadata,
    Column("desk", String(64), primary_key=True),
    Column("value", String(24), primary_key=True),
    Column("ticket", BigInteger, ForeignKey("tickets.id"), primary_key=True),
    Column("at", Instant, nullable=False),
)
Index("ix_bands_at", bands.c.at)

# Tickets that others are children of.
incidents = Table(
    "incidents",
    metadata,
    Column("ticket", ID, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("desk", String(64), nullable=False),
    # When it got its latest child.
    Column("at", Instant, nullable=False),
)
Index("ix_incidents_latest", incidents.c.desk, incidents.c.at)
