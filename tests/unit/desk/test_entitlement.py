"""What support somebody may expect: the best of several orders, the last day, whose account."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from gateway.config.desk import Desk
from gateway.config.policy import Entitlement, Level
from gateway.desk.entitled import Account, FoundBy, Order
from gateway.desk.entitlement import entitle
from gateway.desk.known import Known, Role, Sender
from gateway.desk.person import Fact, Person
from lib.desks import DESK, TICKET

LEVELS = (
    Level("priority", 'order.plan == "priority"'),
    Level("active", '(order.age_days <= 30 || customer.evaluating) && !older(order.version, "6")'),
    Level("contract", "customer.has_contract"),
)
AT = datetime(2026, 3, 31, 21, 59, tzinfo=UTC)
JAN = Person("jan@klant.example", "Jan", "Klant")
STRANGER = Sender(Role.STRANGER, "eve@elsewhere.example", "Eve", authentic=True, why="")


def desk(zone: str = "Europe/Amsterdam") -> Desk:
    """Give a desk with levels of support."""
    levels = Entitlement(find_by=("site", "order"), otherwise="none", level=LEVELS)
    return replace(DESK, timezone=zone, entitlement=levels)


def person(**facts: str) -> Person:
    """Give a person of the directory."""
    return replace(JAN, facts=tuple(Fact(*fact) for fact in sorted(facts.items())))


def sender(whose: Person) -> Sender:
    """Give a mail's sender who is in the directory."""
    return Sender(Role.CUSTOMER, whose.address, whose.name, authentic=True, why="", person=whose)


def order(number: str = "1", bought: str = "", *, version: str = "", plan: str = "") -> Order:
    """Give an order."""
    day = date.fromisoformat(bought) if bought else None
    return Order(number, JAN.address, version=version, purchased_on=day, plan=plan)


def level_of(whose: Person, *orders: Order, at: datetime = AT, zone: str = "UTC") -> str:
    """Say which level somebody has."""
    known = Known(accounts=(Account(whose, orders, FoundBy.ADDRESS),))
    return entitle(desk(zone), known, sender(whose), None, at).level


@pytest.mark.parametrize(
    ("orders", "level"),
    [
        ((), "none"),
        ((order(bought="2026-03-01"),), "active"),
        ((order(bought="2026-02-28"),), "none"),
        ((order(bought="2025-01-01"), order("2", "2026-03-30")), "active"),
        ((order(bought="2026-03-30"), order("2", plan="priority")), "priority"),
        ((order(bought="2026-03-30", version="5.9"),), "none"),
        ((order(bought="2026-03-30", version="5.9"), order("2", "2026-03-30")), "active"),
        ((order(bought="2026-03-30", version="10.0"),), "active"),
        # Bought tomorrow, as another zone has it.
        ((order(bought="2026-04-01"),), "active"),
    ],
)
def test_the_best_of_several_orders_counts(orders: tuple[Order, ...], level: str) -> None:
    """Each is asked by itself: a new order of an old version and an old one do not add up."""
    assert level == level_of(person(), *orders)


def test_a_persons_own_row_counts_as_an_order() -> None:
    """Also beside others."""
    assert "priority" == level_of(person(plan="priority"))
    assert "active" == level_of(person(purchased_on="2026-03-15"), order(bought="2020-01-01"))
    assert "active" == level_of(person(evaluating_since="2025-03-15", version="6.0"))


@pytest.mark.parametrize(
    ("zone", "at", "level"),
    [
        ("Europe/Amsterdam", datetime(2026, 3, 31, 21, 59, tzinfo=UTC), "contract"),
        ("Europe/Amsterdam", datetime(2026, 3, 31, 22, 0, tzinfo=UTC), "none"),
        ("UTC", datetime(2026, 3, 31, 23, 59, tzinfo=UTC), "contract"),
        ("UTC", datetime(2026, 4, 1, 0, 0, tzinfo=UTC), "none"),
        ("America/New_York", datetime(2026, 4, 1, 3, 59, tzinfo=UTC), "contract"),
        ("America/New_York", datetime(2026, 4, 1, 4, 0, tzinfo=UTC), "none"),
    ],
)
def test_a_contracts_last_day_counts_where_the_desk_is(zone: str, at: datetime, level: str) -> None:
    """All of it, and no minute of the next."""
    assert level == level_of(person(contract_until="2026-03-31"), at=at, zone=zone)


@pytest.mark.parametrize("written", ["", "31-03-2027", "soon", "2027-02-30", "9" * 5000])
def test_what_is_no_date_is_no_contract(written: str) -> None:
    """What the directory had before dates were checked harms nobody."""
    assert "none" == level_of(person(contract_until=written))


def test_an_account_by_text_gives_its_level_alone() -> None:
    """Of the kind that comes first; the desk's order is the look-up's."""
    priority = Account(JAN, (order(plan="priority"),), FoundBy.SITE)
    other = Account(replace(JAN, address="kim@klant.example"), (), FoundBy.ORDER)

    found = entitle(desk(), Known(accounts=(priority, other)), STRANGER, None, AT)
    nobody = entitle(desk(), Known(), STRANGER, None, AT)

    assert ("priority", FoundBy.SITE) == (found.level, found.account and found.account.found_by)
    assert ("none", None) == (nobody.level, nobody.account)


def test_all_persons_of_one_organisation_are_one_account() -> None:
    """The best of what any of them ordered counts."""
    kim = replace(JAN, address="kim@klant.example")
    found = (
        Account(JAN, (), FoundBy.ORGANISATION),
        Account(kim, (order(plan="priority"),), FoundBy.ORGANISATION),
    )
    entitled = entitle(desk(), Known(accounts=found), STRANGER, None, AT)
    assert ("priority", kim) == (entitled.level, entitled.account and entitled.account.person)


def test_a_disowned_mail_gets_nothing_by_its_address() -> None:
    """Somebody else wrote it; on a case, the case's account counts."""
    rich = person(plan="priority")
    forged = replace(sender(rich), authentic=False, failed=True)
    own = Account(rich, (), FoundBy.ADDRESS)
    named = Account(rich, (), FoundBy.ORDER)
    case = Account(rich, (), FoundBy.TICKET)
    ticket = replace(TICKET, requester="eve@elsewhere.example", account=rich.address)

    assert "none" == entitle(desk(), Known(accounts=(own, named)), forged, None, AT).level
    assert "none" == entitle(desk(), Known(accounts=(own,)), forged, ticket, AT).level
    assert "priority" == entitle(desk(), Known(accounts=(own, case)), forged, ticket, AT).level
    assert "priority" == entitle(desk(), Known(accounts=(case,)), STRANGER, ticket, AT).level


def test_a_level_that_cannot_be_asked_does_not_hold() -> None:
    """And the reason is kept."""
    levels = (Level("broken", 'order.columns["seats"] == "5"'), *LEVELS)
    broken = replace(desk(), entitlement=replace(desk().entitlement, level=levels))
    whose = person(plan="priority")
    known = Known(accounts=(Account(whose, (), FoundBy.ADDRESS),))

    entitled = entitle(broken, known, sender(whose), None, AT)

    assert "priority" == entitled.level
    assert "broken could not be asked" in entitled.why


def test_a_desk_without_levels_has_none() -> None:
    """Not even the name of having none."""
    known = Known(accounts=(Account(JAN, (), FoundBy.ADDRESS),))
    assert "" == entitle(DESK, known, sender(JAN), None, AT).level
    assert "" == entitle(DESK, Known(), STRANGER, None, AT).level
