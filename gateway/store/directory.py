"""The directory: the persons that a desk knows."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from sqlalchemy import Connection, Row, delete, select

from gateway.desk.known import Fact, Person
from gateway.store.database import insert
from gateway.store.portions import portions
from gateway.store.schema import organisation_domains, person_aliases, persons


def find(connection: Connection, addresses: Collection[str]) -> dict[str, Person]:
    """Give the persons with these canonical addresses, by the address that was asked for.

    An alias finds its person; an address that is somebody's main one is no alias.
    """
    mains: dict[str, str] = {}
    for some in portions(addresses):
        rows = connection.execute(select(person_aliases).where(person_aliases.c.alias.in_(some)))
        mains.update((row.alias, row.address) for row in rows)
    people = _people(connection, {*addresses, *mains.values()})
    found = {alias: people[main] for alias, main in mains.items() if main in people}
    return found | {address: people[address] for address in addresses if address in people}


def _people(connection: Connection, addresses: Collection[str]) -> dict[str, Person]:
    """Give the persons with these main addresses, with their aliases."""
    people: dict[str, Person] = {}
    for some in portions(addresses):
        rows = connection.execute(select(persons).where(persons.c.address.in_(some)))
        people.update((row.address, _person(row)) for row in rows)
    for some in portions(people.keys()):
        rows = connection.execute(
            select(person_aliases)
            .where(person_aliases.c.address.in_(some))
            .order_by(person_aliases.c.alias)
        )
        for row in rows:
            person = people[row.address]
            people[row.address] = replace(person, aliases=(*person.aliases, row.alias))
    return people


def _person(row: Row[tuple[object, ...]]) -> Person:
    return Person(
        row.address,
        row.name,
        row.organisation,
        row.language,
        facts=tuple(Fact(name, value) for name, value in sorted(row.facts.items())),
    )


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
        _put_aliases(connection, person)


def _put_aliases(connection: Connection, person: Person) -> None:
    """Make the stored aliases equal to a person's; one that was another's is theirs now."""
    of_person = person_aliases.c.address == person.address
    connection.execute(delete(person_aliases).where(of_person))
    for alias in person.aliases:
        connection.execute(
            insert(connection, person_aliases)
            .values(alias=alias, address=person.address)
            .on_conflict_do_update(
                index_elements=[person_aliases.c.alias], set_={"address": person.address}
            )
        )


def put_domains(connection: Connection, organisations: Mapping[str, str]) -> None:
    """Enter which organisation each of these domains is of."""
    for domain, organisation in organisations.items():
        connection.execute(
            insert(connection, organisation_domains)
            .values(domain=domain, organisation=organisation)
            .on_conflict_do_update(
                index_elements=[organisation_domains.c.domain], set_={"organisation": organisation}
            )
        )
