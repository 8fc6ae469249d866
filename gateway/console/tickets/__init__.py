"""Tickets: lists of them, each with all that was said and done, and what an agent does on one."""

from gateway.console.roles import Permission
from gateway.console.tickets.listing import listing
from gateway.console.visit import Page

PAGES = (Page("/tickets", listing, Permission.TICKETS),)
