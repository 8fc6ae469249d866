"""Whose orders say what support a mail may expect, as the store finds them."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection

from gateway.config.policy import Found
from gateway.desk.account_name import AccountName
from gateway.desk.entitled import Account, FoundBy, Order
from gateway.desk.known import Known
from gateway.desk.named import Searched
from gateway.desk.needs import Needs
from gateway.desk.person import Fact, Person
from gateway.mail.model import Clues
from gateway.store import account_names, directory, orders
from gateway.store.lookup import Question, look_up
from gateway.store.schema import tickets
from lib.workbench import START, Workbench, mail

NOTHING = Clues((), (), ())
ALL: tuple[Found, ...] = ("site", "order", "organisation", "name")
JAN = Person("jan@klant.example", "Jan de Wit", "Blue Widgets", aliases=("j@klant.example",))
KIM = Person("kim@elsewhere.example", "Kim Bos", "Red Gadgets")
FIRST = Order("WS-101", JAN.address, "bluewidgets.example", purchased_on=date(2026, 1, 1))
# What has nothing to do with the kind of database is shown on one.
ON_SQLITE = pytest.mark.parametrize("house_url", ["sqlite:///casepost.db"])
SECOND = Order("WS-102", JAN.address, "www.other.example", facts=(Fact("seats", "5"),))


def know(bench: Workbench, people: tuple[Person, ...], *bought: Order) -> None:
    """Enter people and what they ordered."""
    with bench.house.database.writing() as connection:
        directory.put(connection, people)
        orders.put(connection, bought)
        account_names.refresh(connection, [person.address for person in people])


def ask(
    bench: Workbench,
    text: str,
    author: str = "eve@stranger.example",
    *,
    find_by: tuple[Found, ...] = ALL,
    columns: tuple[str, ...] = (),
    clues: Clues = NOTHING,
) -> Known:
    """Say what is known of a mail with this text."""
    needs = Needs(accounts=True, find_by=find_by, columns=columns)
    question = Question(9, "north", clues, author, "f", START, needs=needs)
    question = replace(question, searched=Searched("", text, find_by))
    with bench.house.database.reading() as connection:
        return look_up(connection, [question])[0]


def found(bench: Workbench, text: str, find_by: tuple[Found, ...] = ALL) -> list[tuple[str, str]]:
    """Say whose accounts a stranger's text names, and by what."""
    accounts = ask(bench, text, find_by=find_by).accounts
    return [(one.person.address, one.found_by.value) for one in accounts]


@ON_SQLITE
def test_an_account_has_all_orders_of_its_person(bench: Workbench) -> None:
    """Whichever of their addresses they wrote from; the latest is the first."""
    know(bench, (JAN, KIM), FIRST, SECOND)
    for address in (JAN.address, "j@klant.example"):
        own = Account(JAN, (FIRST, SECOND), FoundBy.ADDRESS)
        assert (own,) == ask(bench, "WS-101 of Red Gadgets", address).accounts
    assert (Account(KIM, (), FoundBy.ADDRESS),) == ask(bench, "", KIM.address).accounts


def test_an_account_is_found_by_what_a_strangers_text_names(bench: Workbench) -> None:
    """By each kind that the desk goes by, in its order."""
    know(bench, (JAN, KIM), FIRST, SECOND)
    assert [(JAN.address, "site")] == found(bench, "at www.bluewidgets.example")
    assert [(JAN.address, "order")] == found(bench, "order ws-102!")
    assert [(JAN.address, "organisation")] == found(bench, "We are Blue Widgets B.V.")
    assert [(KIM.address, "name")] == found(bench, "Regards,\nKim Bos")
    assert [] == found(bench, "I have no number")
    both = "Kim Bos, bluewidgets.example"
    assert [(JAN.address, "site"), (KIM.address, "name")] == found(bench, both)
    assert [(KIM.address, "name"), (JAN.address, "site")] == found(
        bench, both, find_by=("name", "site")
    )
    assert [(KIM.address, "name")] == found(bench, both, find_by=("name",))


def test_two_accounts_by_one_kind_are_none(bench: Workbench) -> None:
    """Whatever else the text names counts; the persons of one organisation are no two."""
    pat = Person("pat@klant.example", "Pat Lee", "Blue Widgets")
    shared = Order("WS-103", KIM.address, "other.example")
    know(bench, (JAN, KIM, pat), FIRST, SECOND, shared)
    assert [] == found(bench, "on other.example")
    assert [] == found(bench, "WS-101 or WS-103")
    assert [(KIM.address, "order")] == found(bench, "on other.example, WS-103")
    everybody = [(JAN.address, "organisation"), (pat.address, "organisation")]
    assert everybody == found(bench, "We are Blue Widgets")
    assert [] == found(bench, "Blue Widgets and Red Gadgets")


@ON_SQLITE
def test_who_names_many_accounts_has_nobodys_orders_read(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list of guesses costs no more than the names in it."""
    know(bench, (JAN, KIM), FIRST, replace(FIRST, number="WS-104", address=KIM.address))
    read: list[str] = []
    of_persons = orders.of_persons

    def noted(connection: Connection, people: Collection[str]) -> dict[str, tuple[Order, ...]]:
        read.extend(people)
        return of_persons(connection, people)

    monkeypatch.setattr(orders, "of_persons", noted)
    assert [] == found(bench, "WS-101 or WS-104")
    assert [] == read
    assert [(JAN.address, "order")] == found(bench, "WS-101")
    assert [JAN.address] == read


@ON_SQLITE
def test_a_subdomain_of_many_means_its_own(bench: Workbench) -> None:
    """Naming the domain alone means none of them."""
    one = Order("WS-101", JAN.address, "jan.sites.example")
    other = Order("WS-102", KIM.address, "kim.sites.example")
    know(bench, (JAN, KIM), one, other)
    assert [(JAN.address, "site")] == found(bench, "http://jan.sites.example/")
    assert [] == found(bench, "http://sites.example/")


@ON_SQLITE
def test_a_cases_account_counts_on_it(bench: Workbench) -> None:
    """The remembered one, else the requester's; a text is asked where there is neither."""
    know(bench, (JAN, KIM), FIRST)
    bench.deliver(mail(author="eve@stranger.example"), sender="eve@stranger.example")
    bench.deliver(mail(author=KIM.address, subject="Another"), sender=KIM.address)
    bench.work()
    first, second = bench.rows("tickets")
    clues = Clues((), (), (str(first["number"]),))
    assert [("order")] == [o.found_by for o in ask(bench, "WS-101", clues=clues).accounts]
    with bench.house.database.writing() as connection:
        connection.execute(
            tickets.update().where(tickets.c.id == first["id"]).values(account=JAN.address)
        )
    remembered = (Account(JAN, (FIRST,), FoundBy.TICKET),)
    assert remembered == ask(bench, "Kim Bos", clues=clues).accounts
    clues = Clues((), (), (str(second["number"]),))
    assert (Account(KIM, (), FoundBy.TICKET),) == ask(bench, "WS-101", clues=clues).accounts


@ON_SQLITE
def test_partners_are_found_by_their_addresses(bench: Workbench) -> None:
    """As far as the directory has them."""
    whose = replace(JAN, facts=(Fact("contact", "nobody@x.example"), Fact("reseller", KIM.address)))
    know(bench, (whose, KIM))
    assert (KIM,) == ask(bench, "", JAN.address, columns=("contact", "reseller")).partners
    assert () == ask(bench, "", JAN.address, columns=("contact", "plan")).partners
    assert () == ask(bench, "", JAN.address).partners


def test_names_follow_the_directory(bench: Workbench) -> None:
    """What nobody is called any more finds nobody, and an order's new owner is found by it."""
    know(bench, (JAN, KIM), FIRST)
    moved = replace(FIRST, address=KIM.address)
    know(bench, (replace(JAN, organisation="Green Things"), KIM), moved)
    assert [] == found(bench, "Blue Widgets")
    assert [(JAN.address, "organisation")] == found(bench, "Green Things")
    assert [(KIM.address, "site")] == found(bench, "bluewidgets.example")
    with bench.house.database.reading() as connection:
        assert frozenset() == account_names.outdated(connection, [JAN.address, KIM.address])


@ON_SQLITE
def test_people_of_an_earlier_version_are_named_by_the_next_import(bench: Workbench) -> None:
    """Their names are not there yet."""
    with bench.house.database.writing() as connection:
        directory.put(connection, [JAN, KIM])
        everybody = [JAN.address, KIM.address, "j@klant.example"]
        assert {JAN.address, KIM.address} == account_names.outdated(connection, everybody)


def test_a_name_of_very_many_is_nobodys(bench: Workbench) -> None:
    """However many are called so, few are read."""
    crowd = tuple(Person(f"p{n}@crowd.example", organisation="Crowd Works") for n in range(150))
    know(bench, crowd)
    name = AccountName(FoundBy.ORGANISATION, "crowd works")
    with bench.house.database.reading() as connection:
        owners = account_names.owners(connection, [name])
    assert 101 == len(owners[name])
    assert [] == found(bench, "Crowd Works")


@pytest.mark.parametrize("needs", [Needs(), Needs(accounts=True)])
@ON_SQLITE
def test_what_is_not_asked_is_not_found(bench: Workbench, needs: Needs) -> None:
    """A desk that goes by no text, and one without levels."""
    know(bench, (JAN,), FIRST)
    question = Question(9, "north", NOTHING, "eve@x.example", "f", START, needs=needs)
    with bench.house.database.reading() as connection:
        assert () == look_up(connection, [question])[0].accounts


@ON_SQLITE
def test_orders_are_the_latest_first(bench: Workbench) -> None:
    """And a changed one is changed."""
    know(bench, (JAN,), *(replace(FIRST, number=f"WS-10{n}") for n in range(3)))
    newer = replace(FIRST, number="WS-101", purchased_on=date(2026, 1, 1) + timedelta(days=1))
    know(bench, (), newer)
    with bench.house.database.reading() as connection:
        bought = orders.of_persons(connection, [JAN.address])[JAN.address]
        assert {"WS-101": newer} == orders.numbered(connection, ["WS-101", "WS-109"])
    assert ["WS-101", "WS-100", "WS-102"] == [order.number for order in bought]
