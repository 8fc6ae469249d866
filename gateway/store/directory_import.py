"""Bringing a table of people into the directory: what is new, what it changes, what it may not."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from gateway.desk.directory_row import ADDRESS, ALIASES, Registered
from gateway.desk.person import Person
from gateway.store import directory

_FIELDS = ("name", "organisation", "language", "aliases")


@dataclass(frozen=True, slots=True)
class Brought:
    """How many people were new, changed, and as they were before."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: "Brought") -> "Brought":
        """Count both."""
        return Brought(
            self.new + other.new, self.changed + other.changed, self.unchanged + other.unchanged
        )


NOTHING_BROUGHT = Brought()


def taken(
    connection: Connection, rows: Sequence[tuple[int, Registered]], columns: Collection[str]
) -> Iterator[tuple[int, str, str]]:
    """Say which addresses belong to somebody else in the directory: (line, column, what is wrong).

    What the same rows take away from others is free.
    """
    wanted = {row.person.address for _, row in rows}
    wanted.update(alias for _, row in rows for alias in row.person.aliases)
    owners = directory.owners(connection, wanted)
    given_up = {row.person.address for _, row in rows} if ALIASES in columns else set()
    for line, row in rows:
        person = row.person
        for column, addresses in ((ADDRESS, (person.address,)), (ALIASES, person.aliases)):
            for address in addresses:
                owner = owners.get(address, person.address)
                if owner != person.address and (owner == address or owner not in given_up):
                    what = (
                        "stands in the directory by itself" if owner == address else f"is {owner}'s"
                    )
                    yield line, column, f"{address} {what}; nobody else can have it"


def compare(
    connection: Connection, rows: Sequence[Registered], columns: Collection[str]
) -> tuple[list[Person], Brought]:
    """Give the people as they will be who are new or change, and how many of all do what.

    A column that is not among `columns` stays as it was.
    """
    found = directory.find(connection, [row.person.address for row in rows])
    # Somebody may be found by an address that was an alias until now.
    before = {address: person for address, person in found.items() if person.address == address}
    after = [_merged(before.get(row.person.address), row.person, columns) for row in rows]
    different = [person for person in after if before.get(person.address) != person]
    new = sum(person.address not in before for person in after)
    return different, Brought(new, len(different) - new, len(after) - len(different))


def _merged(old: Person | None, new: Person, columns: Collection[str]) -> Person:
    if old is None:
        return new
    kept = {name: getattr(old, name) for name in _FIELDS if name not in columns}
    facts = (*(fact for fact in old.facts if fact.name not in columns), *new.facts)
    ordered = tuple(sorted(facts, key=lambda fact: fact.name))
    return replace(new, facts=ordered, **kept)
