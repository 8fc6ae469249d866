"""The directory: the persons that a desk knows."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, select

from gateway.desk.known import Fact, Person
from gateway.store.database import insert
from gateway.store.schema import persons


def find(connection: Connection, addresses: Collection[str]) -> dict[str, Person]:
    """Give the persons with these canonical addresses, by address."""
    if not addresses:
        return {}
    rows = connection.execute(select(persons).where(persons.c.address.in_(addresses)))
    return {
        row.address: Person(
            row.address,
            row.name,
            row.organisation,
            row.language,
            facts=tuple(Fact(name, value) for name, value in sorted(row.facts.items())),
        )
        for row in rows
    }


def put(connection: Connection, people: Iterable[Person]) -> None:
    """Enter persons, or bring them up to date."""
    for person in people:
        values = {
            "name": person.name,
            "organisation": person.organisation,
            "language": person.language,
            "facts": {fact.name: fact.value for fact in person.facts},
        }
        connection.execute(
            insert(connection, persons)
            .values(address=person.address, **values)
            .on_conflict_do_update(index_elements=[persons.c.address], set_=values)
        )
