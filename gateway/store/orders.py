"""What persons of the directory ordered."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, Row, select

from gateway.desk.dates import date_of
from gateway.desk.entitled import Order
from gateway.desk.person import Fact
from gateway.store.database import insert
from gateway.store.portions import portions
from gateway.store.schema import orders

_MOST_OF_ONE = 1000


def of_persons(connection: Connection, addresses: Collection[str]) -> dict[str, tuple[Order, ...]]:
    """Give the orders of persons by their main addresses, the latest first; at most 1000 of one."""
    found: dict[str, list[Order]] = {}
    for some in portions(addresses):
        rows = connection.execute(
            select(orders)
            .where(orders.c.address.in_(some))
            .order_by(orders.c.purchased_on.desc(), orders.c.number)
            .limit(_MOST_OF_ONE * len(some))
        )
        for row in rows:
            listed = found.setdefault(row.address, [])
            if len(listed) < _MOST_OF_ONE:
                listed.append(_order(row))
    return {address: tuple(listed) for address, listed in found.items()}


def numbered(connection: Connection, numbers: Collection[str]) -> dict[str, Order]:
    """Give the orders with these numbers."""
    found: dict[str, Order] = {}
    for some in portions(numbers):
        rows = connection.execute(select(orders).where(orders.c.number.in_(some)))
        found.update((row.number, _order(row)) for row in rows)
    return found


def put(connection: Connection, wanted: Iterable[Order]) -> None:
    """Enter orders, or make what is kept of them equal to this: an order may get another owner."""
    listed = {order.number: order for order in wanted}
    if not listed:
        return
    entry = insert(connection, orders)
    columns = [column.name for column in orders.c if not column.primary_key]
    connection.execute(
        entry.on_conflict_do_update(
            index_elements=[orders.c.number],
            set_={name: entry.excluded[name] for name in columns},
        ),
        [_row(order) for order in listed.values()],
    )


def _order(row: Row[tuple[object, ...]]) -> Order:
    return Order(
        number=row.number,
        address=row.address,
        site=row.site,
        product=row.product,
        version=row.version,
        purchased_on=date_of(row.purchased_on),
        plan=row.plan,
        facts=tuple(Fact(name, value) for name, value in sorted(row.facts.items())),
    )


def _row(order: Order) -> dict[str, object]:
    return {
        "number": order.number,
        "address": order.address,
        "site": order.site,
        "product": order.product,
        "version": order.version,
        "purchased_on": order.purchased_on.isoformat() if order.purchased_on else "",
        "plan": order.plan,
        "facts": {fact.name: fact.value for fact in order.facts},
    }
