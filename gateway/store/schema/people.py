"""Tables of the directory, and of who is away."""

from sqlalchemy import JSON, BigInteger, Column, Index, String, Table, Text, text

from gateway.store.database import Instant
from gateway.store.schema.base import metadata

persons = Table(
    "persons",
    metadata,
    Column("address", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("language", String(8), nullable=False),
    # Every further column that is filled in, by its name.
    Column("facts", JSON, nullable=False, server_default=text("'{}'")),
)

person_aliases = Table(
    "person_aliases",
    metadata,
    Column("alias", Text, primary_key=True),
    Column("address", Text, nullable=False, index=True),
)

organisation_domains = Table(
    "organisation_domains",
    metadata,
    Column("domain", Text, primary_key=True),
    Column("organisation", Text, nullable=False),
)

absences = Table(
    "absences",
    metadata,
    Column("agent", Text, primary_key=True),
    Column("until", Instant, nullable=False),
)

# What persons of the directory ordered; what is unknown is empty.
orders = Table(
    "orders",
    metadata,
    Column("number", Text, primary_key=True),
    Column("address", Text, nullable=False, index=True),
    Column("site", Text, nullable=False),
    Column("product", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("purchased_on", String(10), nullable=False),
    Column("plan", Text, nullable=False),
    # Every further column that is filled in, by its name.
    Column("facts", JSON, nullable=False, server_default=text("'{}'")),
)

# What a text may name an account by: a site, an order, an organisation, a person, as it is sought.
account_names = Table(
    "account_names",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("address", Text, primary_key=True, index=True),
)

# How often a rule hit for a sender that may do so only so often.
rule_hits = Table(
    "rule_hits",
    metadata,
    Column("spool", BigInteger, primary_key=True),
    Column("rule", String(80), primary_key=True),
    Column("desk", String(64), nullable=False),
    Column("sender", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
Index("ix_rule_hits_of_sender", rule_hits.c.sender, rule_hits.c.desk, rule_hits.c.at)
Index("ix_rule_hits_at", rule_hits.c.at)
