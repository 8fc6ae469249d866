"""All pages, and what holds for each of them."""

from collections.abc import Callable
from datetime import datetime

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from gateway.house import House
from gateway.serving.headers import with_headers
from gateway.web.articles import ArticlePage
from gateway.web.case import CasePage
from gateway.web.feedback import FeedbackPage
from gateway.web.files import FilePage
from gateway.web.frame import ASSETS, Frame

# No page is kept, indexed, framed, guessed at or told of to others, and none runs anything; one
# that has a form says so by a policy of its own.
_HEADERS = [
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; sandbox"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-robots-tag", b"noindex, nofollow"),
]


def pages(house: Callable[[], House], now: Callable[[], datetime]) -> ASGIApp:
    """Give the application that answers every request; `house` gives it as it is then."""
    first = house()
    frame = Frame(house)
    rating = FeedbackPage(house, now, frame)
    routes = [
        Route("/assets/{name}", ASSETS.answer, methods=["GET"]),
        Route("/case/{token}", CasePage(house, now, frame).answer, methods=["GET"]),
        Route("/feedback/{token}", rating.answer, methods=["GET", "POST"]),
        Route("/feedback/{token}/contents", rating.trap, methods=["GET"]),
        Route("/files/{token}", FilePage(first, now, frame), methods=["GET"]),
        Route("/articles/{article}", ArticlePage(first, now, frame).answer, methods=["GET"]),
    ]
    application = Starlette(routes=routes, exception_handlers={HTTPException: _refusing(frame)})
    # Nothing that a client says of where it asked may end up in an answer.
    application.router.redirect_slashes = False
    return with_headers(application, _HEADERS)


def _refusing(frame: Frame) -> Callable[[Request, Exception], Response]:
    """Give what answers what no page is for, in one way, and what only reads are for."""

    def refused(request: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException) and error.status_code == 405:
            allowed = (error.headers or {}).get("Allow", "")
            if "POST" in allowed:
                return PlainTextResponse(
                    "This page has a form.\n", 405, {"allow": "GET, HEAD, POST"}
                )
            return PlainTextResponse("This page can only be read.\n", 405, {"allow": "GET, HEAD"})
        return frame.missing(request.headers)

    return refused
