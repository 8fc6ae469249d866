"""The page of one ticket: what was said, what happened, how it stands, and what can be done."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from starlette.responses import Response

from gateway.config.desk import Agent, Desk
from gateway.console.desks import agent_in
from gateway.console.render import page, refusal
from gateway.console.tickets.found import ticket_here
from gateway.console.tickets.outcome import outcome_of
from gateway.console.tickets.sending import fresh
from gateway.console.visit import Visit
from gateway.desk.lifecycle import may_follow
from gateway.desk.targets import clocks
from gateway.desk.ticket import Ticket
from gateway.desk.time_spent import by_type
from gateway.desk.timers import timers
from gateway.mail.private import without_private
from gateway.mail.reply.model import Fold
from gateway.store import ticket_page

_MOST_DIGITS = 18
_TYPED = ("text", "kind", "status", "reply", "kb", "time")
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text: new, or, by `kind`, what of it is not, with so many `lines`."""

    text: str
    kind: str = ""

    @property
    def lines(self) -> int:
        """Count its lines."""
        return len(self.text.splitlines())


@dataclass(frozen=True, slots=True)
class Doing:
    """What the user can choose for a ticket, as which agent; names are the desk's."""

    agent: Agent
    statuses: tuple[str, ...]
    resolutions: tuple[str, ...]
    agents: tuple[Agent, ...]
    canned: tuple[str, ...]
    to: tuple[str, ...]


def one(visit: Visit) -> Response:
    """Answer with the page of a ticket."""
    return shown(visit)


def shown(
    visit: Visit, form: Mapping[str, str] = _NOTHING, problem: str = "", status: int = 200
) -> Response:
    """Give the page of a ticket; what was typed into its forms, and what is wrong with it."""
    with visit.house.database.reading() as connection:
        found = ticket_here(visit, connection)
        if found is None:
            return refusal(404)
        ticket, desk = found
        whole = ticket_page.page_of(connection, ticket, _number(visit.query("before")))
        sent = outcome_of(visit, connection, _number(visit.query("sent")))
    return page(
        visit,
        "ticket.html",
        status,
        whole=whole,
        ticket=ticket,
        desk=desk,
        zone=desk.timezone,
        now=visit.now,
        clocks=clocks(ticket, desk, visit.now),
        timers=timers(ticket, desk),
        spent=by_type(whole.events),
        doing=_doing(visit, ticket, desk),
        names={agent.address: agent.name for agent in desk.agent},
        pieces=pieces,
        sent=sent,
        form=_typed(form or {"text": sent.text if sent else ""}),
        problem=problem,
        once=fresh(),
    )


def pieces(text: str, folds: tuple[Fold, ...]) -> Iterator[Piece]:
    """Give a text piece by piece, what is not new in it apart.

    A customer who quotes a mail of ours quotes links that are theirs alone: without their secrets.
    """
    position = 0
    for fold in folds:
        yield _piece(text[position : fold.start])
        yield _piece(text[fold.start : fold.end], fold.kind.value)
        position = fold.end
    yield _piece(text[position:])


def _piece(text: str, kind: str = "") -> Piece:
    return Piece(without_private(text).strip("\n"), kind)


def _doing(visit: Visit, ticket: Ticket, desk: Desk) -> Doing | None:
    agent = agent_in(visit, desk)
    if agent is None:
        return None
    kinds = desk.resolution
    return Doing(
        agent=agent,
        statuses=may_follow(desk, ticket),
        resolutions=tuple(
            one.name for one in kinds if not one.severities or ticket.severity in one.severities
        ),
        agents=tuple(one for one in desk.agent if one.active),
        canned=visit.house.canned[desk.name],
        to=tuple(address for address in ticket.everybody if address != agent.address),
    )


def _typed(form: Mapping[str, str]) -> dict[str, str]:
    """Give what stands in the form for an answer."""
    return {name: form.get(name, "") for name in _TYPED}


def _number(text: str) -> int:
    """Read an id from an address, 0 for none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else 0
