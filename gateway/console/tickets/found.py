"""The ticket that a page is about: only for those who see its desk."""

from sqlalchemy import Connection

from gateway.config.desk import Desk
from gateway.console.desks import desk_of
from gateway.console.visit import Visit
from gateway.desk.ticket import Ticket
from gateway.store import ticket_page

_LONGEST = 64


def ticket_here(visit: Visit, connection: Connection) -> tuple[Ticket, Desk] | None:
    """Give the ticket that the address names, with its desk; None if the user sees no such."""
    number: str = visit.request.path_params["number"]
    if len(number) > _LONGEST:
        return None
    return _seen(visit, ticket_page.find(connection, number))


def ticket_of_mail(visit: Visit, connection: Connection, mail: int) -> tuple[Ticket, Desk] | None:
    """Give the ticket that a received mail is on, with its desk; None if the user sees no such."""
    return _seen(visit, ticket_page.ticket_of_mail(connection, mail))


def _seen(visit: Visit, ticket: Ticket | None) -> tuple[Ticket, Desk] | None:
    desk = desk_of(visit, ticket.desk) if ticket is not None else None
    return None if ticket is None or desk is None else (ticket, desk)
