"""The table by which tickets that are alike are found."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table

from gateway.store.database import Instant
from gateway.store.schema.base import metadata

# What a ticket's first mail is like: a value of each kind, equal where two mails are alike.
likenesses = Table(
    "likenesses",
    metadata,
    Column("ticket", BigInteger, ForeignKey("tickets.id"), primary_key=True),
    # Which part of the text's sketch, its topic, or its crash signature.
    Column("kind", String(16), primary_key=True),
    Column("desk", String(64), nullable=False),
    Column("value", String(64), nullable=False),
    Column("at", Instant, nullable=False),
)
Index(
    "ix_likenesses_alike",
    likenesses.c.desk,
    likenesses.c.kind,
    likenesses.c.value,
    likenesses.c.at,
)
