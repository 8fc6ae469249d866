"""Tickets: lists of them, each with all that was said and done, and what an agent does on one."""

from gateway.console.roles import Permission
from gateway.console.tickets.doing import LARGEST, confirm, do
from gateway.console.tickets.listing import listing
from gateway.console.tickets.mails import file, hypertext, original, why
from gateway.console.tickets.one import one
from gateway.console.visit import Page

_MAIL = "/ticket-mails/{mail:id}"

PAGES = (
    Page("/tickets", listing, Permission.TICKETS),
    Page("/ticket-confirm/{number:path}", confirm, Permission.TICKETS, posts=True),
    Page("/tickets/{number:path}", one, Permission.TICKETS),
    Page("/tickets/{number:path}", do, Permission.TICKETS, posts=True, largest=LARGEST),
    Page(f"{_MAIL}/why", why, Permission.TICKETS),
    Page(f"{_MAIL}/html", hypertext, Permission.TICKETS),
    Page(f"{_MAIL}/original", original, Permission.TICKETS),
    Page("/files/{mail:id}/{part:id}/{piece:id}", file, Permission.TICKETS),
)
