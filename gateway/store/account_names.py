"""What texts may call accounts by, beside the directory that it follows from.

Whoever writes persons or orders has their names refreshed.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, bindparam, delete, func, select

from gateway.desk.account_name import AccountName, names_of
from gateway.desk.entitled import FoundBy
from gateway.store import directory, orders
from gateway.store.database import insert
from gateway.store.portions import portions
from gateway.store.schema import account_names

_MOST_ACCOUNTS = 100


def refresh(connection: Connection, addresses: Collection[str]) -> None:
    """Make the names of these persons equal to what the directory and their orders say."""
    kept, wanted = _kept(connection, addresses), _wanted(connection, addresses)
    gone, new = sorted(kept - wanted), sorted(wanted - kept)
    if gone:
        forget = delete(account_names).where(
            account_names.c.kind == bindparam("of_kind"),
            account_names.c.name == bindparam("called"),
            account_names.c.address == bindparam("whose"),
        )
        connection.execute(
            forget, [{"of_kind": kind, "called": name, "whose": who} for kind, name, who in gone]
        )
    if new:
        rows = [{"kind": kind, "name": name, "address": address} for kind, name, address in new]
        connection.execute(insert(connection, account_names).on_conflict_do_nothing(), rows)


def outdated(connection: Connection, addresses: Collection[str]) -> frozenset[str]:
    """Give those of these persons whose names are not what the directory says.

    People were brought in before there were names of accounts.
    """
    changed = _kept(connection, addresses) ^ _wanted(connection, addresses)
    return frozenset(address for _, _, address in changed)


def _wanted(connection: Connection, addresses: Collection[str]) -> set[tuple[str, str, str]]:
    people = directory.find(connection, addresses)
    bought = orders.of_persons(connection, addresses)
    return {
        (name.kind.value, name.name, address)
        for address in addresses
        # An alias is nobody by itself.
        if address in people and people[address].address == address
        for name in names_of(people[address], bought.get(address, ()))
    }


def _kept(connection: Connection, addresses: Collection[str]) -> set[tuple[str, str, str]]:
    found: set[tuple[str, str, str]] = set()
    for some in portions(addresses):
        rows = connection.execute(select(account_names).where(account_names.c.address.in_(some)))
        found.update((row.kind, row.name, row.address) for row in rows)
    return found


def owners(
    connection: Connection, names: Iterable[AccountName]
) -> dict[AccountName, tuple[str, ...]]:
    """Give whose accounts are called so, by their main addresses; of very many the first 101."""
    by_kind: dict[FoundBy, set[str]] = {}
    for name in names:
        by_kind.setdefault(name.kind, set()).add(name.name)
    found: dict[AccountName, list[str]] = {}
    for kind, wanted in by_kind.items():
        for some in portions(wanted):
            place = func.row_number().over(
                partition_by=account_names.c.name, order_by=account_names.c.address
            )
            called = (
                select(account_names.c.name, account_names.c.address, place.label("place"))
                .where(account_names.c.kind == kind.value, account_names.c.name.in_(some))
                .subquery()
            )
            rows = connection.execute(select(called).where(called.c.place <= _MOST_ACCOUNTS + 1))
            for row in rows:
                found.setdefault(AccountName(kind, row.name), []).append(row.address)
    return {name: tuple(listed) for name, listed in found.items()}
