"""A case as one of those who take part in it may see it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from gateway.config.desk import Desk
from gateway.desk.case_page import Outlook, outlook
from gateway.desk.ticket import Ticket
from gateway.house import House
from gateway.mail.case_link import CaseLink
from gateway.store import case_page, directory
from gateway.store.case_page import Told

_MOST_TOLD = 50
_LONGEST = 8_000  # characters


@dataclass(frozen=True, slots=True)
class SeenCase:
    """A case as one of those on it may see it; `told` is newest first.

    `language` is the reader's by the directory, or the ticket's. Where another case took its place
    that the reader takes part in, too, `other` is that one's number and `other_token` its link.
    """

    ticket: Ticket
    desk: Desk
    language: str
    outlook: Outlook
    told: tuple[Told, ...]
    more: bool = False
    other: str = ""
    other_token: str = ""


def look_up(house: House, link: CaseLink, now: datetime) -> SeenCase | None:
    """Read what a link shows; None where there is nothing for its reader, or not any more.

    Raises Transient.
    """
    with house.database.reading() as connection:
        ticket = case_page.ticket_with(connection, link.ticket)
        if ticket is None:
            return None
        desk = _desk(house, ticket)
        reader = house.case_links.reader_of(link, ticket.everybody)
        if desk is None or not reader:
            return None
        person = directory.find(connection, {reader}).get(reader)
        spoken = person.language if person else ""
        told = case_page.told(connection, ticket.id, reader, most=_MOST_TOLD + 1, longest=_LONGEST)
        other = _other(connection, house, ticket, reader)
    token = house.case_links.moved(link, other.id, reader) if other else ""
    return SeenCase(
        ticket=ticket,
        desk=desk,
        language=spoken if spoken in desk.languages else ticket.language,
        outlook=outlook(ticket, desk, now),
        told=told[:_MOST_TOLD],
        more=len(told) > _MOST_TOLD,
        other=other.number if other else "",
        other_token=token,
    )


def _desk(house: House, ticket: Ticket) -> Desk | None:
    """Give a ticket's desk, if it still shows cases."""
    return next((one for one in house.desks if one.name == ticket.desk and one.case_page), None)


def _other(connection: Connection, house: House, ticket: Ticket, reader: str) -> Ticket | None:
    """Give the case that took the place of one, if its reader may see it."""
    if not ticket.merged_into:
        return None
    other = case_page.ticket_with(connection, ticket.merged_into)
    if other is None or _desk(house, other) is None or not other.has_on_it(reader):
        return None
    return other
