"""Bringing a table of orders in: what is new, what it changes, and whose they may be."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from gateway.desk.entitled import Order
from gateway.desk.order_row import ADDRESS, PURCHASED
from gateway.store import directory, orders
from gateway.store.directory_import import Brought

_FIELDS = ("site", "product", "version", PURCHASED, "plan")


def buyers(
    connection: Connection, rows: Sequence[tuple[int, Order]], beside: Mapping[str, str]
) -> tuple[list[tuple[int, Order]], list[tuple[int, str, str]]]:
    """Give the orders with their buyers' main addresses, and which have no buyer in the directory.

    The latter as (line, column, what is wrong). `beside` are the main addresses of people who are
    brought in together with them, by each of their addresses.
    """
    owners = {**directory.owners(connection, {order.address for _, order in rows}), **beside}
    theirs: list[tuple[int, Order]] = []
    wrong: list[tuple[int, str, str]] = []
    for line, order in rows:
        if order.address in owners:
            theirs.append((line, replace(order, address=owners[order.address])))
        else:
            what = f"{order.address} is not in the directory; import people first"
            wrong.append((line, ADDRESS, what))
    return theirs, wrong


def compare(
    connection: Connection, rows: Sequence[Order], columns: Collection[str]
) -> tuple[list[Order], Brought, frozenset[str]]:
    """Give the orders as they will be that are new or change, counts, and whose they were before.

    A column that is not among `columns` stays as it was.
    """
    before = orders.numbered(connection, [row.number for row in rows])
    after = [_merged(before.get(row.number), row, columns) for row in rows]
    different = [order for order in after if before.get(order.number) != order]
    new = sum(order.number not in before for order in after)
    counted = Brought(new, len(different) - new, len(after) - len(different))
    former = (before[one.number].address for one in different if one.number in before)
    return different, counted, frozenset(former)


def _merged(old: Order | None, new: Order, columns: Collection[str]) -> Order:
    if old is None:
        return new
    kept = {name: getattr(old, name) for name in _FIELDS if name not in columns}
    facts = (*(fact for fact in old.facts if fact.name not in columns), *new.facts)
    return replace(new, facts=tuple(sorted(facts, key=lambda fact: fact.name)), **kept)
