"""Tables of the directory, and of who is away."""

from sqlalchemy import JSON, Column, String, Table, Text, text

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

articles = Table(
    "articles",
    metadata,
    Column("title", Text, primary_key=True),
    Column("language", String(8), primary_key=True),
    # The title as it is looked for.
    Column("sought", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("url", Text, nullable=False),
)
