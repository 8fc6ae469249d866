"""What is in a database, as far as a backup has to be whole."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from gateway.errors import Misused
from gateway.store import books
from gateway.store.large_mails import Named
from gateway.store.revision import REVISIONS, present
from gateway.store.schema import metadata, raw_mails


@dataclass(frozen=True, slots=True)
class Contents:
    """The revision of the tables, the rows in each, and the large mails by name, with sizes.

    `difference` is by how many mails the books differ.
    """

    revision: str
    rows: Mapping[str, int]
    large: Mapping[str, int]
    difference: int


def contents(connection: Connection) -> Contents:
    """Look into a database. Raises Misused where it has not the tables of this version."""
    revision = present(connection)
    if revision != REVISIONS[-1]:
        raise Misused(
            f"the database is at schema {revision}, and this version's is {REVISIONS[-1]}: "
            "start `casepost run` first, or use the version that wrote it"
        )
    rows = {
        name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for name, table in sorted(metadata.tables.items())
    }
    named = connection.execute(
        select(raw_mails.c.sha256, raw_mails.c.generation, raw_mails.c.size).where(
            raw_mails.c.content.is_(None)
        )
    )
    large = {str(Named(row.sha256, row.generation)): row.size for row in named}
    difference = sum(abs(account.difference) for account in books.accounts(connection))
    return Contents(revision, rows, large, difference)
