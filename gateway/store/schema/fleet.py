"""Tables that several nodes share work by: who does what only one of them may do at a time."""

from sqlalchemy import BigInteger, Column, String, Table

from gateway.store.database import Instant
from gateway.store.schema.base import metadata

# A lease only saves work: whoever writes under one says its epoch, and correctness comes from keys.
leases = Table(
    "leases",
    metadata,
    Column("name", String(100), primary_key=True),
    # A claimant, as in `spool.claimed_by`; "" where nobody has it.
    Column("held_by", String(200), nullable=False, server_default=""),
    Column("lease_until", Instant),
    Column("epoch", BigInteger, nullable=False, server_default="0"),
)
