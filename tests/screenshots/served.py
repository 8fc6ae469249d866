"""The showroom with its pages served, and a list of all of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, select

from gateway.config.served import Console, Web
from gateway.console.application import console
from gateway.console.session import digest_of
from gateway.house import House
from gateway.mail.feedback_link import found_in
from gateway.mail.parse import parse
from gateway.serving.bells import SILENT
from gateway.serving.server import ServingThread
from gateway.store import schema, sessions, users
from gateway.web.pages import pages
from lib.showroom import showroom
from screenshots.camera import Shot

AGENT = "anna@dutch-registered.example"
_SECRET = "shown-to-nobody-else"


@dataclass(frozen=True, slots=True)
class Served:
    """Where the pages of a house are, and the cookies of an admin who has signed in."""

    console: str
    shots: tuple[Shot, ...]
    cookies: dict[str, dict[str, str]]


@contextmanager
def served(folder: Path, now: datetime) -> Iterator[Served]:
    """Serve the pages of the showroom, at which it is `now` all the time."""
    with showroom(folder, now) as house:
        current = [house]
        threads = (
            ServingThread("web", "127.0.0.1", 0, pages(lambda: current[0], lambda: now)),
            ServingThread(
                "console", "127.0.0.1", 0, console(lambda: current[0], lambda: now, SILENT)
            ),
        )
        for thread in threads:
            thread.start()
        web, own = (f"http://127.0.0.1:{thread.port}" for thread in threads)
        current[0] = _at(house, web, own)
        with house.database.writing() as connection:
            admin = users.add(connection, AGENT, "Anna", "admin", "", now)
            end = now + timedelta(days=1)
            sessions.begin(connection, digest_of(_SECRET), admin, now, end)
        try:
            with house.database.reading() as connection:
                shots = (*_customers(connection, current[0], web, now), *_console(connection, own))
            yield Served(own, shots, {own: {"casepost": _SECRET}})
        finally:
            for thread in threads:
                thread.stop(1)


def _at(house: House, web: str, own: str) -> House:
    pages, here = Web(base_url=web), Console(base_url=own)
    settings = replace(house.settings, web=pages, console=here)
    # Every desk offers the page of a case here.
    desks = tuple(replace(desk, case_page="180d") for desk in house.desks)
    return replace(house, settings=settings, desks=desks)


def _customers(connection: Connection, house: House, web: str, now: datetime) -> Iterator[Shot]:
    """Give the pages that links in mails lead to."""
    rows = connection.execute(
        select(schema.outbox.c.content, schema.feedback.c.stars)
        .join(schema.feedback, schema.feedback.c.ticket == schema.outbox.c.ticket)
        .where(schema.outbox.c.recipient == schema.feedback.c.recipient)
        .order_by(schema.outbox.c.id)
    ).all()
    links: dict[str, str] = {}
    for content, stars in rows:
        if token := found_in(parse(content).text):
            links["feedback" if stars is None else "feedback-given"] = token
    yield from (Shot(name, f"{web}/feedback/{token}") for name, token in links.items())
    closed_last = schema.tickets.c.phase == "closed"
    ticket = connection.execute(select(schema.tickets).order_by(closed_last).limit(1)).one()
    token = house.case_links.issue(ticket.id, ticket.requester, now + timedelta(days=1))
    yield Shot("case", f"{web}/case/{token}")
    yield Shot("nothing-here", f"{web}/feedback/none")


def _console(connection: Connection, own: str) -> Iterator[Shot]:
    """Give the pages of the console."""
    ticket = connection.execute(
        select(schema.tickets.c.number)
        .join(schema.entries, schema.entries.c.ticket == schema.tickets.c.id)
        .where(schema.tickets.c.desk == "dutch-registered")
        .order_by(schema.tickets.c.phase == "closed", schema.entries.c.id.desc())
        .limit(1)
    ).scalar_one()
    mail, held, out, user = (
        connection.execute(select(table.c.id).where(where).order_by(table.c.id).limit(1)).scalar()
        for table, where in (
            (schema.spool, schema.spool.c.state == "filed"),
            (schema.spool, schema.spool.c.state == "held"),
            (schema.outbox, schema.outbox.c.id > 0),
            (schema.users, schema.users.c.id > 0),
        )
    )
    template = "/templates/edit?desk=dutch-registered&language=nl&name=customer/acknowledge"
    paths = {
        "overview": "/overview",
        "tickets": "/tickets",
        "tickets-none": "/tickets?q=nothing-like-this",
        "ticket": f"/tickets/{ticket}",
        "why": f"/ticket-mails/{mail}/why",
        "held": "/held",
        "mail": f"/mails/{held or mail}",
        "drop": f"/held/drop?mail={held}",
        "failed": "/failed",
        "waiting": "/mails/waiting",
        "dropped": "/mails/dropped",
        "outbox": "/outbox",
        "outgoing": f"/outbox/{out}",
        "templates": "/templates",
        "template": template,
        "versions": template.replace("/edit", "/versions"),
        "compared": template.replace("/edit", "/version"),
        "rules": "/rules?desk=sla-priorities",
        "try": "/rules/try",
        "backtests": "/rules/backtests",
        "users": "/users",
        "user": f"/users/{user}",
        "audit": "/audit",
        "account": "/account",
        "unknown": "/nowhere",
        "sign-in": "/sign-in",
    }
    yield from (Shot(name, own + path) for name, path in paths.items())
    wrong = "Beste {{ persn.name }},\n\nhartelijk dank voor uw bericht.\n"
    yield Shot("template-wrong", own + template, ".findings", "#body", wrong)
