"""Tables that several nodes share work by: who does what only one of them may do at a time."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, String, Table, Text, text

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

# Which revision of the program is the oldest that works on the tables of each revision.
schema_ages = Table(
    "schema_ages",
    metadata,
    Column("revision", String(32), primary_key=True),
    Column("oldest", String(32), nullable=False),
)

# The keys that all nodes have, by digests that tell nothing of them.
key_prints = Table(
    "key_prints",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("noted_at", Instant, nullable=False),
)

# A way into one account by OAuth2. Tokens are sealed (`oauth2/seal.py`): who reads the database has
# none of them. One process renews a row at a time, under the lease `grant:ACCOUNT`.
grants = Table(
    "grants",
    metadata,
    # "imap:NAME" or "msa".
    Column("account", String(200), primary_key=True),
    Column("refresh_token", Text, nullable=False, server_default=""),
    Column("access_token", Text, nullable=False, server_default=""),
    Column("expires_at", Instant),
    Column("renewed_at", Instant),
    # Digests, by a key of ours, of the refresh token in the admin's file that was used last, and of
    # the settings and secrets that the access token was had with.
    Column("file_digest", String(64), nullable=False, server_default=""),
    Column("settings_digest", String(64), nullable=False, server_default=""),
    Column("refused_at", Instant),
    Column("failed_at", Instant),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("dead", Boolean, nullable=False, server_default=text("false")),
    Column("error", Text, nullable=False, server_default=""),
    Column("again_at", Instant),
)
