"""What was done by whom, in the console and on the command line; append-only."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from gateway.store.schema import audit

# Who acts on the command line.
OPERATOR = "operator"

_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Act:
    """Something that somebody did: `action` as in "template.save", `about` what it was done to.

    `actor` is the address of a user, or OPERATOR; `peer` is where the request came from.
    """

    at: datetime
    actor: str
    action: str
    about: str = ""
    detail: str = ""
    peer: str = ""


@dataclass(frozen=True, slots=True)
class Noted:
    """An act as it stands in the trail; later ones have greater ids."""

    id: int
    act: Act


def note(connection: Connection, act: Act) -> None:
    """Note an act in the transaction that does it."""
    row = asdict(act)
    row |= {name: row[name][:_LONGEST] for name in ("about", "detail")}
    connection.execute(audit.insert().values(row))


def latest(
    connection: Connection, most: int, *, before: int | None = None, actor: str = "", area: str = ""
) -> tuple[Noted, ...]:
    """Give the newest acts, at most so many, newest first.

    Of those older than the one with the id `before`, by one actor, and with an action in an area,
    as "template" of "template.save"; what is not given does not matter.
    """
    query = select(audit).order_by(audit.c.id.desc()).limit(most)
    if before is not None:
        query = query.where(audit.c.id < before)
    if actor:
        query = query.where(audit.c.actor == actor)
    if area:
        query = query.where(audit.c.action.startswith(f"{area}.", autoescape=True))
    return tuple(
        Noted(row.id, Act(row.at, row.actor, row.action, row.about, row.detail, row.peer))
        for row in connection.execute(query)
    )
