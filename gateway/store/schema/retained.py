"""How far the erasing of what was kept long enough has come."""

from sqlalchemy import BigInteger, Column, String, Table

from gateway.store.database import Instant
from gateway.store.schema.base import metadata

# One row a key of `[retention]`. Whoever has it locked erases; nobody else does meanwhile.
retentions = Table(
    "retentions",
    metadata,
    Column("what", String(40), primary_key=True),
    # Up to which id it was looked; after the last it begins anew.
    Column("reached", BigInteger, nullable=False, server_default="0"),
    Column("at", Instant),
    # How many were erased in all.
    Column("erased", BigInteger, nullable=False, server_default="0"),
)
