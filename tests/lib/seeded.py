"""A house with very many tickets, made at once: for pages that must not take longer for them.

The rows are such as mails would have left them, but for what nobody looks at in a crowd. Ids lie
far above those that the house gives, so that real mail can come after.
"""

import json
import random
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, text

from gateway.config.desk import Desk, Phase, Status
from gateway.house import House
from gateway.store.schema import feedback, ledger, outbox, raw_mails, spool, tickets

FIRST = 10_000_000
"""The id of the first ticket, and of its mail and its acknowledgement."""
_YEAR = timedelta(days=365)
_HOUR = timedelta(hours=1)
_RAW = "0" * 64
# One in so many.
_STILL_OPEN, _HELD, _RATED, _NOBODYS = 10, 400, 12, 5
_AT_ONCE = 20_000
_SUBJECTS = (
    "The report does not open",
    "Where is my licence key?",
    "Installation stops half-way",
    "Question about the invoice of last month",
    "Everything is down since this morning",
    "Der Bericht bleibt leer",
    "Raportti ei aukea",
    "Rapport opent niet",
)


def fill(house: House, count: int, now: datetime, within: timedelta = _YEAR) -> None:
    """Enter so many tickets of all desks of a house, opened evenly in the time before `now`.

    One in ten is not closed; of these some are at risk and some overdue, where their desk has
    targets. Each has a mail in the spool and an acknowledgement, and no entry; some mails are held,
    and some closed tickets are rated. `now` is in UTC.
    """
    opened = [now - within * (count - n) / (count + 1) for n in range(count)]
    with house.database.writing(durable=False) as connection:
        raw = {"sha256": _RAW, "size": 2000, "content": b"From: a@b.example\r\n\r\nSeeded.\r\n"}
        connection.execute(raw_mails.insert(), [raw])
        _enter(connection, tickets, _tickets(house, opened, now))
        _enter(connection, spool, _spool(house.desks, opened))
        _enter(connection, outbox, _outbox(house.desks, opened))
        _enter(connection, feedback, _feedback(house.desks, opened, now))
        _enter(connection, ledger, _ledger(opened))
    with house.database.writing() as connection:
        connection.execute(text("ANALYZE"))


def _chance(place: int) -> random.Random:
    return random.Random(place)  # noqa: S311  it is no secret


def _tickets(house: House, opened: list[datetime], now: datetime) -> Iterator[dict[str, Any]]:
    chance = _chance(1)
    for place, at in enumerate(opened):
        desk = house.desks[place % len(house.desks)]
        nth = place // len(house.desks)
        status = _status(desk, nth)
        live = status.phase is not Phase.CLOSED
        turn = nth // _STILL_OPEN if live else nth
        runs = live and desk.target and status.phase is Phase.OPEN
        due = now + chance.uniform(-6, 90) * _HOUR if runs else None
        agents = [agent.address for agent in desk.agent]
        assignee = agents[turn % len(agents)] if agents and turn % _NOBODYS else ""
        number = house.patterns[desk.name].format(FIRST + place)
        yield {
            "id": FIRST + place,
            "number": number,
            "desk": desk.name,
            "subject": f"{_SUBJECTS[place % len(_SUBJECTS)]} ({place})",
            "type": desk.types[turn % len(desk.types)] if desk.types else "",
            "severity": desk.severities[turn % len(desk.severities)] if desk.severities else "",
            "status": status.name,
            "phase": status.phase.value,
            "requester": _customer(place),
            "participants": "[]",
            "assignee": assignee,
            "language": desk.languages[0],
            "opened_at": at,
            "updated_at": at if live else min(at + 3 * _HOUR, now),
            "version": 1,
            "since": at,
            "fired": "[]",
            "answerable": True,
            "organisation": f"Organisation {place % 500}",
            "submitted_at": at,
            "stays": json.dumps([[status.name, at.isoformat()]]),
            "due_at": due,
            "risk_at": due - 2 * _HOUR if due else None,
        }


def _status(desk: Desk, nth: int) -> Status:
    """Give the status of the so-manieth ticket of a desk."""
    live = [status for status in desk.status if status.phase is not Phase.CLOSED]
    over = [status for status in desk.status if status.phase is Phase.CLOSED]
    some = live if nth % _STILL_OPEN == 0 else over
    return some[nth // _STILL_OPEN % len(some)]


def _customer(place: int) -> str:
    return f"customer-{place % 20_000}@klant.example"


def _spool(desks: tuple[Desk, ...], opened: list[datetime]) -> Iterator[dict[str, Any]]:
    for place, at in enumerate(opened):
        desk = desks[place % len(desks)]
        held = place % _HELD == 1
        yield {
            "id": FIRST + place,
            "delivery_key": f"{place:064}",
            "source": "smtp",
            "raw": _RAW,
            "reverse_path": _customer(place),
            "recipient": desk.addresses[0],
            "peer": "192.0.2.1",
            "helo": "",
            "tls": True,
            "quiet": False,
            "message_id": f"<{place}@klant.example>",
            "received_at": at,
            "day": f"{at:%Y-%m-%d}",
            "state": "held" if held else "filed",
            "reason": "stranger" if held else "new",
            "desk": desk.name,
            "ticket": None if held else FIRST + place,
            "settled_at": at,
            "author": _customer(place),
            "trace": "null",
        }


def _outbox(desks: tuple[Desk, ...], opened: list[datetime]) -> Iterator[dict[str, Any]]:
    for place, at in enumerate(opened):
        yield {
            "id": FIRST + place,
            "ticket": FIRST + place,
            "template": "customer/acknowledge",
            "recipient": _customer(place),
            "reverse_path": desks[place % len(desks)].addresses[0],
            "message_id": f"<{place}@seeded.example>",
            "content": b"",
            "automatic": True,
            "queued_at": at,
            "due_at": at,
            "state": "sent",
            "settled_at": at,
        }


def _feedback(
    desks: tuple[Desk, ...], opened: list[datetime], now: datetime
) -> Iterator[dict[str, Any]]:
    chance = _chance(2)
    for place, at in enumerate(opened):
        nth = place // len(desks)
        if nth % _STILL_OPEN == 0 or nth % _RATED:
            continue
        rated = min(at + chance.uniform(4, 90) * _HOUR, now)
        agents = desks[place % len(desks)].agent
        yield {
            "token": f"{place:064}",
            "ticket": FIRST + place,
            "recipient": _customer(place),
            "agent": agents[0].address if agents else "",
            "asked_at": at,
            "expires_at": at + _YEAR,
            "stars": chance.choice((5, 5, 5, 4, 4, 3, 2, 1)),
            "comment": chance.choice(("", "Quick and friendly, thank you.", "It took too long.")),
            "first_rated_at": rated,
            "rated_at": rated,
        }


def _ledger(opened: list[datetime]) -> Iterator[dict[str, Any]]:
    days: dict[str, int] = {}
    for at in opened:
        day = f"{at:%Y-%m-%d}"
        days[day] = days.get(day, 0) + 1
    for day, received in days.items():
        kept = {"source": "smtp", "node": "seeded", "received": received, "repeated": 0}
        yield {"day": day, **kept}


def _enter(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    """Enter many rows by what each database does fastest."""
    rest = iter(rows)
    first = next(rest, None)
    if first is None:
        return
    names = list(first)
    columns = ", ".join(f'"{name}"' for name in names)
    driver: Any = connection.connection.driver_connection
    some = [list(first.values())]
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        while some:
            connection.exec_driver_sql(
                f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})',  # noqa: S608  our names
                [_of_sqlite(row) for row in some],
            )
            some = [list(row.values()) for row in islice(rest, _AT_ONCE)]
        return
    with (
        driver.cursor() as cursor,
        cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copied,
    ):
        while some:
            for row in some:
                copied.write_row(row)
            some = [list(row.values()) for row in islice(rest, _AT_ONCE)]


def _of_sqlite(row: list[object]) -> tuple[object, ...]:
    """Give values as they are kept there: times without saying that they are UTC."""
    return tuple(
        value.isoformat(" ", "microseconds")[:26] if type(value) is datetime else value
        for value in row
    )
