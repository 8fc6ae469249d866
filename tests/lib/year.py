"""A year of a busy desk, made up by chance: cases with all that happens to them, in a database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import insert

from gateway.config.desk import Desk
from gateway.config.load import load
from gateway.desk.lifecycle import Opening, blank, fold, into, opened
from gateway.desk.ticket import Change, Event, EventKind, Ticket
from gateway.store import schema
from gateway.store.database import Database
from gateway.store.effects import ticket_row
from gateway.store.migrate import migrate

YEAR = 2026
NOW = datetime(YEAR + 1, 2, 1, tzinfo=UTC)
TYPES = ("fault", "wish", "")
SEVERITIES = ("red", "blue")
ORGANISATIONS = ("", "Aalto Oy", "Bakker BV", "<b>Cerf</b> & Søn", "=1+1", "Dürer GmbH")
PRODUCTS = ("", "Atlas", "Bussard")

_HOUSE = """
desks = "desks/*.toml"
data = "data"
templates = "templates"
hostname = "mx.test"

[database]
url = "{url}"

[web]
"""

_DESK = """
title = "Busy Help"
addresses = ["help@busy.example"]
languages = ["en"]
case_number = "BU-{n:04}{check}"
timezone = "Europe/Amsterdam"
types = ["fault", "wish"]
severities = ["red", "blue"]
type = "fault"
severity = "red"
opening_hours = "office"
chargeable_types = ["wish"]
monthly_report = ["managers"]

[lifecycle]
start = "Fresh"
reopened = "Fresh"
after_customer = "Working"
resolve = "Settled"

[[status]]
name = "Fresh"
phase = "open"

[[status]]
name = "Working"
phase = "open"

[[status]]
name = "Asked"
phase = "waiting"

[[status]]
name = "Settled"
phase = "waiting"

[[status]]
name = "Shut"
phase = "closed"

[[agent]]
address = "ada@busy.example"
name = "Ada"

[[agent]]
address = "chief@busy.example"
name = "Chief"
role = "manager"

[[calendar]]
name = "office"
timezone = "UTC"
open = ["mon-fri 08:00-16:00"]
working_day = "8h"

[[target]]
name = "response"
within = "90m"
calendar = "office"
met_by_answer = true

[[target]]
name = "resolution"
types = ["fault"]
severities = ["red"]
within = "2 working days"
calendar = "office"
paused_in_phases = ["waiting"]
met_in = ["Settled", "Shut"]

[[target]]
name = "resolution"
types = ["fault"]
severities = ["blue"]
within = "5 working days"
calendar = "office"
paused_in_phases = ["waiting"]
met_in = ["Settled", "Shut"]

[[target]]
name = "resolution"
types = ["wish"]
within = "none"
calendar = "office"
paused_in_phases = ["waiting"]
met_in = ["Settled", "Shut"]
"""


@dataclass(slots=True)
class Case:
    """A made-up case: the ticket, and every event that made it, in order."""

    ticket: Ticket
    events: list[Event]
    rated: list[tuple[int, datetime]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Year:
    """A database with a year in it, and the configuration that it belongs to."""

    database: Database
    config: Path
    desk: Desk
    cases: tuple[Case, ...]
    clicks: dict[date, int]


@contextmanager
def year(folder: Path, database_url: str, cases: int, seed: int) -> Iterator[Year]:
    """Write a configuration into `folder`, and so many cases into its database."""
    (folder / "desks").mkdir(parents=True)
    (folder / "templates").mkdir()
    (folder / "desks" / "busy.toml").write_text(_DESK)
    config = folder / "casepost.toml"
    config.write_text(_HOUSE.format(url=database_url))
    configuration = load(config)
    settings, (desk,) = configuration.settings, configuration.desks
    settings.data.mkdir()
    database = Database(settings.database.url, settings.data)
    migrate(database)
    made = tuple(_cases(desk, cases, Random(seed)))  # noqa: S311  the same year each time
    clicks = {date(YEAR, 3, 31): 3, date(YEAR, 4, 1): 4}
    _write(database, made, clicks)
    try:
        yield Year(database, config, desk, made, clicks)
    finally:
        database.close()


def _cases(desk: Desk, count: int, random: Random) -> Iterator[Case]:
    begin = datetime(YEAR, 1, 1, tzinfo=UTC) - timedelta(days=20)
    for number in range(1, count + 1):
        at = begin + timedelta(seconds=random.randrange(385 * 86_400))
        yield _case(desk, number, at, random)


def _case(desk: Desk, number: int, at: datetime, random: Random) -> Case:
    opening = Opening(
        "A subject",
        "jan@klant.example",
        "en",
        answerable=True,
        organisation=random.choice(ORGANISATIONS),
        submitted_at=at - timedelta(seconds=random.randrange(600)),
        product=random.choice(PRODUCTS),
        is_work=random.random() < 0.9,
    )
    case = Case(blank(number, f"BU-{number}", desk.name, at), [])
    _happens(case, opened(desk, opening, at))
    _happens(case, _changed(at, ("type", random.choice(TYPES))))
    if not opening.is_work:
        _happens(case, _changed(at, ("canned", "faq/printing")))
    if random.random() < 0.4:
        _happens(case, _changed(at, ("suggested", "2")))
    for _ in range(random.randrange(12)):
        at += timedelta(minutes=round(random.expovariate(1 / random.choice((30, 600, 5000)))))
        if at >= NOW:
            break
        _step(desk, case, at, random)
    case.ticket = fold(case.ticket, case.events)
    if case.ticket.status == "Shut" and random.random() < 0.5:
        case.rated.append((random.randrange(1, 6), at + timedelta(hours=random.randrange(200))))
    return case


def _step(desk: Desk, case: Case, at: datetime, random: Random) -> None:
    match random.randrange(9):
        case 0 | 1:
            answered = Change("answered", "ada@busy.example")
            moved = into(desk, "Working")
            _happens(case, Event(EventKind.ENTRY_ADDED, at, "ada", "", (answered, *moved)))
        case 2:
            _happens(case, _changed(at, ("severity", random.choice(SEVERITIES))))
        case 3:
            spent = [Change("time_spent", str(60 * random.randrange(1, 200)))]
            if random.random() < 0.7:  # older ones do not say what for
                spent.append(Change("spent_on", random.choice(TYPES)))
            _happens(case, Event(EventKind.TIME_SPENT, at, "ada", "", tuple(spent)))
        case 4 if case.ticket.id > 1 and random.random() < 0.1:
            merged = (Change("merged_into", "1"), *into(desk, "Shut"))
            _happens(case, Event(EventKind.MERGED, at, "ada", "", merged))
        case _:
            status = random.choice([status.name for status in desk.status])
            _happens(case, Event(EventKind.STATUS_CHANGED, at, "ada", "", into(desk, status)))


def _changed(at: datetime, *changes: tuple[str, str]) -> Event:
    return Event(EventKind.CHANGED, at, "ada", "", tuple(Change(*one) for one in changes))


def _happens(case: Case, event: Event) -> None:
    case.events.append(event)


def _write(database: Database, cases: tuple[Case, ...], clicks: dict[date, int]) -> None:
    with database.writing() as connection:
        connection.execute(insert(schema.tickets), [ticket_row(case.ticket) for case in cases])
        connection.execute(
            insert(schema.events), [row for case in cases for row in _event_rows(case)]
        )
        connection.execute(
            insert(schema.feedback), [row for case in cases for row in _feedback_rows(case)]
        )
        texts = ("source", "path", "title", "sought", "text", "url", "head_terms", "body_terms")
        of_atlas = {"id": 1, "language": "en", "product": "Atlas", "tags": ""}
        article = {**dict.fromkeys(texts, "a"), **of_atlas}
        connection.execute(insert(schema.articles), [article])
        rows = [{"article": 1, "day": day, "clicks": count} for day, count in clicks.items()]
        connection.execute(insert(schema.article_clicks), rows)


def _event_rows(case: Case) -> Iterator[dict[str, object]]:
    for version, event in enumerate(case.events, 1):
        yield {
            "ticket": case.ticket.id,
            "version": version,
            "at": event.at,
            "kind": event.kind.value,
            "actor": event.actor,
            "why": event.why,
            "changes": [[change.field, change.value] for change in event.changes],
        }


def _feedback_rows(case: Case) -> Iterator[dict[str, object]]:
    for stars, at in case.rated:
        yield {
            "token": f"{case.ticket.id}",
            "ticket": case.ticket.id,
            "recipient": "jan@klant.example",
            "agent": "",
            "asked_at": at,
            "expires_at": at,
            "stars": stars,
            "first_rated_at": at,
            "rated_at": at,
        }
