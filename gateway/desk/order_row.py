"""An order of somebody in the directory, read from named columns of text."""

from collections.abc import Iterable, Iterator, Mapping

from gateway.desk.cells import Wrong, check_date, cleaned, needed_address
from gateway.desk.dates import date_of
from gateway.desk.entitled import Order
from gateway.desk.person import Fact

NUMBER = "order"
ADDRESS = "address"
PURCHASED = "purchased_on"
COLUMNS = (NUMBER, ADDRESS, "site", "product", "version", PURCHASED, "plan")
"""The columns that mean something here; all others are facts about the order."""


def read_order(cells: Mapping[str, str], wrong: Wrong) -> Order | None:
    """Give the order that cells by their columns' names describe; None without number or buyer."""
    cells = cleaned(cells, wrong)
    number = cells.get(NUMBER, "")
    if not number:
        wrong(NUMBER, "the number of the order is missing")
    address = needed_address(ADDRESS, cells.get(ADDRESS, ""), wrong)
    check_date(PURCHASED, cells.get(PURCHASED, ""), wrong)
    if not number or not address:
        return None
    others = sorted((name, text) for name, text in cells.items() if name not in COLUMNS and text)
    return Order(
        number=number,
        address=address,
        site=cells.get("site", ""),
        product=cells.get("product", ""),
        version=cells.get("version", ""),
        purchased_on=date_of(cells.get(PURCHASED, "")),
        plan=cells.get("plan", ""),
        facts=tuple(Fact(name, text) for name, text in others),
    )


def repeated(rows: Iterable[tuple[int, Order]]) -> Iterator[tuple[int, str, str]]:
    """Say which orders stand twice: (line, column, what is wrong)."""
    lines: dict[str, int] = {}
    for line, order in rows:
        there = lines.setdefault(order.number, line)
        if there != line:
            yield line, NUMBER, f'"{order.number}" stands on line {there} already; leave one out'
