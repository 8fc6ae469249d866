"""The directory: the persons that a desk knows."""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection, Row, delete, select

from gateway.desk.person import Fact, Person
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
        aliases: dict[str, list[str]] = {}
        for row in connection.execute(
            select(person_aliases).where(person_aliases.c.address.in_(some))
        ):
            aliases.setdefault(row.address, []).append(row.alias)
        for row in connection.execute(select(persons).where(persons.c.address.in_(some))):
            people[row.address] = _person(row, aliases.get(row.address, ()))
    return people


def _person(row: Row[tuple[object, ...]], aliases: Iterable[str]) -> Person:
    return Person(
        row.address,
        row.name,
        row.organisation,
        row.language,
        tuple(sorted(aliases)),
        tuple(Fact(name, value) for name, value in sorted(row.facts.items())),
    )


def put(connection: Connection, people: Iterable[Person]) -> None:
    """Enter persons, or make what is kept of them equal to this.

    An alias that was another's is theirs now.
    """
    listed = {person.address: person for person in people}
    if not listed:
        return
    entry = insert(connection, persons)
    columns = ("name", "organisation", "language", "facts")
    entry = entry.on_conflict_do_update(
        index_elements=[persons.c.address],
        set_={name: entry.excluded[name] for name in columns},
    )
    connection.execute(entry, [_row(person) for person in listed.values()])
    for some in portions(listed):
        connection.execute(delete(person_aliases).where(person_aliases.c.address.in_(some)))
    rows = [
        {"alias": a, "address": person.address}
        for person in listed.values()
        for a in person.aliases
    ]
    if rows:
        alias = insert(connection, person_aliases)
        connection.execute(
            alias.on_conflict_do_update(
                index_elements=[person_aliases.c.alias],
                set_={"address": alias.excluded.address},
            ),
            rows,
        )


def _row(person: Person) -> dict[str, object]:
    return {
        "address": person.address,
        "name": person.name,
        "organisation": person.organisation,
        "language": person.language,
        "facts": {fact.name: fact.value for fact in person.facts},
    }


def put_domains(connection: Connection, organisations: Mapping[str, str]) -> None:
    """Enter which organisation each of these domains is of."""
    if not organisations:
        return
    entry = insert(connection, organisation_domains)
    connection.execute(
        entry.on_conflict_do_update(
            index_elements=[organisation_domains.c.domain],
            set_={"organisation": entry.excluded.organisation},
        ),
        [{"domain": domain, "organisation": name} for domain, name in organisations.items()],
    )


def owners(connection: Connection, addresses: Collection[str]) -> dict[str, str]:
    """Say of each of these addresses that somebody has whose it is, by their main address."""
    found: dict[str, str] = {}
    for some in portions(addresses):
        rows = connection.execute(select(person_aliases).where(person_aliases.c.alias.in_(some)))
        found.update((row.alias, row.address) for row in rows)
        mains = connection.execute(select(persons.c.address).where(persons.c.address.in_(some)))
        found.update((address, address) for address in mains.scalars())
    return found
