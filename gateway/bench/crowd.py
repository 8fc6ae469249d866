"""A house with so many tickets that wait, each with three timers, as years of work leave them."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import (
    CTE,
    Column,
    ColumnElement,
    Connection,
    String,
    Table,
    cast,
    create_engine,
    literal,
    make_url,
    select,
    text,
    update,
)

from gateway.config.desk import Desk
from gateway.config.load import load
from gateway.desk.decision import Touched
from gateway.desk.lifecycle import Opening, blank, fold, opened
from gateway.desk.person import Person
from gateway.desk.timers import timers as timers_of
from gateway.house import House, open_house
from gateway.store import directory
from gateway.store.effects import Effects, write_effects
from gateway.store.migrate import migrate
from gateway.store.numbers import OUTBOX, TICKET, case_of
from gateway.store.outbox import OutboxState, Outgoing
from gateway.store.schema import events, message_ids, outbox, persons, tickets, timers

TOGETHER = 100
"""So many tickets were opened at the same moment each, and have the same timers."""
SPACING = timedelta(minutes=5)
"""So long after these were the next ones opened."""
_FIRST_TIMER = timedelta(days=7)
# Between the ids of two tickets that were opened together; nobody counts so far here.
_STRIDE = 1_000_000


@contextmanager
def waiting(folder: Path, database: str, count: int, now: datetime) -> Iterator[House]:
    """Open a house under `folder`, with `count` tickets of the desk in `waiting.toml`.

    `database` is SQLAlchemy's URL of an empty database, `count` a multiple of TOGETHER. Each ticket
    is of a customer of its own, whom the directory has, and who was acknowledged. The first timers
    of the first ones are due `now`, of the next ones SPACING later, and so on.
    """
    house = open_house(load(_configuration(folder, database)))
    migrate(house.database)
    try:
        fill(house, count, now)
        yield house
    finally:
        house.database.close()


@contextmanager
def aside(database: str, name: str) -> Iterator[str]:
    """Give the URL of a place that is empty: on PostgreSQL a schema of the database for a while."""
    url = make_url(database)
    if url.get_backend_name() == "sqlite":
        yield f"sqlite:///{name}.db"
        return
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE SCHEMA {name}"))
        options = f"-csearch_path={name}"
        yield url.update_query_dict({"options": options}).render_as_string(hide_password=False)
        with engine.connect() as connection:
            connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
    finally:
        engine.dispose()


def fill(house: House, count: int, now: datetime) -> None:
    """Open tickets of the house's only desk: one of each moment as mails do, and copies of it."""
    (desk,) = house.desks
    first = [_ticket(house, desk, place, now) for place in range(count // TOGETHER)]
    with house.database.writing(durable=False) as connection:
        directory.put(connection, [Person(one.ticket.requester, "Kim") for one in first])
        write_effects(connection, first)
        connection.execute(update(outbox).values(state=OutboxState.SENT, settled_at=now, domain=""))
        for table in (tickets, timers, events, outbox, message_ids, persons):
            _copy(connection, table)
    # A server that has worked for long knows how its rows are spread.
    with house.database.writing() as connection:
        connection.execute(text("ANALYZE"))


def _ticket(house: House, desk: Desk, place: int, now: datetime) -> Effects:
    """Give the ticket of one customer, as their first mail has left it."""
    customer = f"customer-{place}@klant.example"
    at = now - _FIRST_TIMER + place * SPACING
    pattern = house.patterns[desk.name]
    number = pattern.format(house.numbers.take(case_of(pattern)))
    event = opened(desk, Opening(f"Report {place}", customer, "en", answerable=True), at)
    ticket = fold(blank(house.numbers.take(TICKET), number, desk.name, at), [event])
    return Effects(
        touched=Touched(None, events=(event,)),
        ticket=ticket,
        timers=timers_of(ticket, desk),
        outgoing=(_acknowledgement(house, ticket.id, customer, at),),
    )


def _acknowledgement(house: House, ticket: int, customer: str, at: datetime) -> Outgoing:
    """Give the mail that a customer got; nobody will read it."""
    number = house.numbers.take(OUTBOX)
    return Outgoing(
        id=number,
        ticket=ticket,
        template="customer/acknowledge",
        recipient=customer,
        reverse_path="",
        message_id=f"<{number}@waiting.example>",
        content=b"",
        automatic=True,
        queued_at=at,
    )


def _copy(connection: Connection, table: Table) -> None:
    """Enter each row of a table again as that of further tickets, with names of their own."""
    copies = select(literal(1).label("copy")).cte("copies", recursive=True)
    copies = copies.union_all(select(copies.c.copy + 1).where(copies.c.copy < TOGETHER - 1))
    values = [_of_copy(column, copies) for column in table.c]
    query = select(*values).select_from(table.join(copies, literal(value=True)))
    connection.execute(table.insert().from_select([c.name for c in table.c], query))


def _of_copy(column: Column[Any], copies: CTE) -> ColumnElement[Any]:
    match column.name:
        case "id" | "ticket":
            return column + copies.c.copy * _STRIDE
        case "number" | "requester" | "recipient" | "message_id" | "given_to" | "address":
            return cast(copies.c.copy, String) + "-" + column
        case _:
            return column


def _configuration(folder: Path, database: str) -> Path:
    (folder / "templates").mkdir(parents=True)
    shutil.copy(Path(__file__).with_name("waiting.toml"), folder)
    path = folder / "casepost.toml"
    path.write_text(
        'desks = "waiting.toml"\ntemplates = "templates"\ndata = "data"\n'
        f'[database]\nurl = "{database}"\n'
    )
    return path
