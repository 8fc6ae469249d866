"""The first page of the console."""

from starlette.responses import Response

from gateway.console.render import page
from gateway.console.roles import Permission
from gateway.console.visit import Page, Visit


def _home(visit: Visit) -> Response:
    return page(visit, "home.html")


PAGES = (Page("/", _home, Permission.SIGNED_IN),)
