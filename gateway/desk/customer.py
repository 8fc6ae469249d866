"""What conditions are told of a customer and of an order, by the names that they use.

Days are days of the calendar in the desk's zone. Each name is always there: what is unknown is
empty, or as far away as can be.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from gateway.config.address import canonical
from gateway.config.vocabulary import MANY_DAYS
from gateway.desk.dates import date_of
from gateway.desk.entitled import Order
from gateway.desk.person import Fact, Person

_NOBODY = Person("")


def customer_facts(person: Person | None, orders: int, today: date) -> dict[str, object]:
    """Give what is known of a customer with so many orders; of None, nobody in the directory."""
    known = person is not None
    person = person or _NOBODY
    left = _days_left(person.fact("contract_until"), today)
    evaluating = bool(person.fact("evaluating_since"))
    tried = _days_since(date_of(person.fact("evaluating_since")), today)
    return {
        "customer.known": known,
        "customer.name": person.name,
        "customer.organisation": person.organisation,
        "customer.language": person.language,
        "customer.plan": person.fact("plan"),
        "customer.product": person.fact("product"),
        "customer.version": person.fact("version"),
        "customer.registered": bool(person.fact("registered")),
        "customer.reseller": address_in(person.fact("reseller")),
        "customer.site": person.fact("site"),
        "customer.has_contract": left >= 0,
        "customer.contract_days": left,
        "customer.purchase_days": _days_since(date_of(person.fact("purchased_on")), today),
        "customer.evaluating": evaluating,
        "customer.evaluation_days": tried if tried < MANY_DAYS else -1,
        "customer.columns": _columns(person.facts, customer_columns(person)),
        "customer.orders": orders,
    }


def customer_columns(person: Person) -> Mapping[str, str]:
    """Give the columns of a person that are no facts, by their names."""
    return {
        "address": person.address,
        "name": person.name,
        "organisation": person.organisation,
        "language": person.language,
    }


def order_facts(order: Order, today: date) -> dict[str, object]:
    """Give what is known of an order."""
    purchased = order.purchased_on.isoformat() if order.purchased_on else ""
    written = {
        "order": order.number,
        "address": order.address,
        "site": order.site,
        "product": order.product,
        "version": order.version,
        "purchased_on": purchased,
        "plan": order.plan,
    }
    return {
        "order.number": order.number,
        "order.site": order.site,
        "order.product": order.product,
        "order.version": order.version,
        "order.plan": order.plan,
        "order.age_days": _days_since(order.purchased_on, today),
        "order.columns": _columns(order.facts, written),
    }


def own_order(person: Person) -> Order:
    """Give the order that a person's own row describes: it counts like one of the others."""
    return Order(
        number=person.fact("order"),
        address=person.address,
        site=person.fact("site"),
        product=person.fact("product"),
        version=person.fact("version"),
        purchased_on=date_of(person.fact("purchased_on")),
        plan=person.fact("plan"),
        facts=person.facts,
    )


def address_in(text: str) -> str:
    """Give the address that a cell holds, in its one form; "" if it is none."""
    try:
        return canonical(text) if text else ""
    except ValueError:
        return ""


def _columns(facts: Iterable[Fact], others: Mapping[str, str]) -> dict[str, str]:
    return {
        **{name: text for name, text in others.items() if text},
        **{fact.name: fact.value for fact in facts},
    }


def _days_since(day: date | None, today: date) -> int:
    """Count days; 0 for a day that is still to come, since clocks and zones differ."""
    return MANY_DAYS if day is None else max((today - day).days, 0)


def _days_left(until: str, today: date) -> int:
    """Count the days to the last one, which counts as well; below 0 once it is over."""
    day = date_of(until)
    return -MANY_DAYS if day is None else (day - today).days
