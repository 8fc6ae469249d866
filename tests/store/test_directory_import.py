"""Bringing people into the directory: what is new, what changes, whose an address is."""

from sqlalchemy import select

from gateway.desk.directory_row import COLUMNS, Registered
from gateway.desk.person import Fact, Person
from gateway.store import directory
from gateway.store.directory_import import Brought, compare, taken
from gateway.store.schema import organisation_domains
from lib.workbench import Workbench

JAN = Person(
    "jan@klant.example",
    "Jan",
    "Klant",
    "nl",
    ("j@klant.example", "jan@elsewhere.example"),
    (Fact("plan", "gold"), Fact("site", "north")),
)
KIM = Person("kim@klant.example", "Kim", "Klant")
ALL = (*COLUMNS, "plan", "site")


def bring(
    bench: Workbench, *people: Person, columns: tuple[str, ...] = ALL, domains: tuple[str, ...] = ()
) -> Brought:
    """Bring people in, each with these domains."""
    with bench.house.database.writing() as connection:
        rows = [Registered(person, domains) for person in people]
        different, brought = compare(connection, rows, columns)
        directory.put(connection, different)
        directory.put_domains(connection, {d: r.person.organisation for r in rows for d in domains})
        return brought


def found(bench: Workbench, *addresses: str) -> dict[str, Person]:
    """Find people by their addresses."""
    with bench.house.database.reading() as connection:
        return directory.find(connection, addresses)


def test_people_are_new_changed_or_as_they_were(bench: Workbench) -> None:
    """They are found by each of their addresses, and by those they had before no more."""
    assert Brought(2, 0, 0) == bring(bench, JAN, KIM, domains=("klant.example",))
    assert Brought(0, 0, 2) == bring(bench, JAN, KIM)
    assert {"jan@klant.example": JAN, "j@klant.example": JAN} == found(
        bench, "jan@klant.example", "j@klant.example", "nobody@klant.example"
    )
    with bench.house.database.reading() as connection:
        rows = connection.execute(select(organisation_domains)).all()
    assert [("klant.example", "Klant")] == [tuple(row) for row in rows]

    renamed = Person("jan@klant.example", "Johan", "Klant", "nl", ("new@klant.example",))
    assert Brought(0, 1, 1) == bring(bench, renamed, KIM)
    assert {"new@klant.example": renamed} == found(bench, "j@klant.example", "new@klant.example")


def test_a_column_that_is_not_there_stays_as_it_was(bench: Workbench) -> None:
    """An empty cell of one that is there empties it."""
    bring(bench, JAN)

    bring(bench, Person(JAN.address), columns=("address", "site"))

    (kept,) = found(bench, JAN.address).values()
    assert (JAN.name, JAN.aliases) == (kept.name, kept.aliases)
    assert ("gold", "") == (kept.fact("plan"), kept.fact("site"))


def test_an_address_is_taken_from_nobody_who_does_not_give_it_up(bench: Workbench) -> None:
    """A main address never; an alias where its person's row no longer names it."""
    bring(bench, JAN, KIM)
    wants_main = Registered(Person("a@x.example", aliases=("kim@klant.example",)))
    wants_alias = Registered(Person("j@klant.example"))
    given_up = Registered(Person(JAN.address))

    with bench.house.database.reading() as connection:
        found_taken = list(taken(connection, [(2, wants_main), (3, wants_alias)], ALL))
        freed = list(taken(connection, [(2, wants_alias), (3, given_up)], ALL))
        not_named = list(taken(connection, [(2, wants_alias), (3, given_up)], ("address",)))

    assert [(2, "aliases"), (3, "address")] == [one[:2] for one in found_taken]
    assert [] == freed
    assert [(2, "address")] == [one[:2] for one in not_named]
    bring(bench, wants_alias.person, given_up.person)
    assert {"j@klant.example": wants_alias.person} == found(bench, "j@klant.example")


def test_nothing_is_brought_in_from_nothing(bench: Workbench) -> None:
    """No row is no statement."""
    assert Brought() == bring(bench)
