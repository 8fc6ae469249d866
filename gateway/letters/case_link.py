"""The link in a mail by which its reader looks at their case."""

from datetime import datetime

from gateway.config import duration
from gateway.desk.decision import Reply
from gateway.desk.ticket import Ticket
from gateway.house import House
from gateway.letters.occasion import Occasion


def case_link(
    house: House, about: Occasion, ticket: Ticket | None, reply: Reply, now: datetime
) -> str:
    """Give the address of a case's page, "" if the mail may not bear it.

    It is for people on the case alone. Where the words of whoever wrote must not be repeated, they
    must not stand on a page of ours either.
    """
    web, desk = house.settings.web, about.desk
    if web is None or ticket is None or not desk.case_page or not about.may_be_quoted:
        return ""
    if reply.to_agent or not ticket.has_on_it(reply.to.address):
        return ""
    until = now + duration.parse(desk.case_page)
    token = house.case_links.issue(ticket.id, reply.to.address, until)
    return f"{web.base_url.rstrip('/')}/case/{token}"
