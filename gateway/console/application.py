"""All pages of the console, and what holds for each of them."""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from gateway.console import account, mails, overview, rules, tickets, trail, users
from gateway.console.guard import Guard
from gateway.console.ids import known_in_paths
from gateway.console.render import ASSETS, refusal
from gateway.console.session import console_of
from gateway.console.sign_in import SignIn
from gateway.console.templates import routes as templates
from gateway.console.visit import Page
from gateway.house import House
from gateway.serving.bells import SILENT, Bells
from gateway.serving.headers import with_headers
from gateway.serving.hosts import for_hosts, hosts_of

# Styles and scripts are our own files, and nothing is loaded from anywhere else.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = [
    (b"cache-control", b"no-store"),
    (b"content-security-policy", POLICY.encode()),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-robots-tag", b"noindex, nofollow"),
]

_PAGES: tuple[Page, ...] = (
    *overview.PAGES,
    *account.PAGES,
    *users.PAGES,
    *trail.PAGES,
    *tickets.PAGES,
    *templates.PAGES,
    *mails.PAGES,
    *rules.PAGES,
)


def console(
    house: Callable[[], House], now: Callable[[], datetime], bells: Bells = SILENT
) -> ASGIApp:
    """Give the application that answers every request; `house` gives it as it is then."""
    guard = Guard(house, now, bells)
    known_in_paths()
    routes = [Route("/assets/{name}", ASSETS.answer, methods=["GET"])]
    routes += SignIn(house, now).routes()
    if console_of(house()).oidc is not None:
        # What it takes would be in each process for nothing.
        from gateway.console.single_sign_on import SingleSignOn  # noqa: PLC0415  large libraries

        routes += SingleSignOn(house, now).routes()
    routes += [
        Route(one.path, guard.answering(one), methods=["POST"] if one.posts else ["GET"])
        for one in _PAGES
    ]
    application = Starlette(routes=routes, exception_handlers={HTTPException: _refused})
    application.router.redirect_slashes = False
    answering = for_hosts(
        application, lambda: _hosts(house()), lambda: console_of(house()).base_url
    )
    return with_headers(answering, _HEADERS)


def _hosts(house: House) -> tuple[str, ...]:
    """Give the hosts that we are asked for: ours, and the socket where a proxy asks for that."""
    console = console_of(house)
    ours = urlsplit(console.base_url)
    literal = f"[{console.host}]" if ":" in console.host else console.host
    return (*hosts_of(ours.scheme, ours.netloc), f"{literal}:{console.port}")


def _refused(request: Request, error: Exception) -> Response:
    del request
    if not isinstance(error, HTTPException):
        return refusal(404)
    answer = refusal(error.status_code)
    answer.headers.update(error.headers or {})
    return answer
