"""Who asks, and whether they may: before any page of the console is made."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from urllib.parse import urlencode

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.console.origin import is_ours
from gateway.console.render import refusal
from gateway.console.roles import UserRole, may
from gateway.console.session import cookie, signed_in
from gateway.console.visit import Page, Visit
from gateway.errors import Transient
from gateway.house import House
from gateway.serving.bells import Bells
from gateway.serving.form import sent
from gateway.store.users import User

_log = logging.getLogger("casepost.console")

_READERS = 4
# Of pages that take long; so many at once leave readers for all others.
_SLOW_READERS = 2
_MOST_FIELDS = 100


class Guard:
    """Lets signed-in users through to pages that their role may see."""

    def __init__(
        self, house: Callable[[], House], now: Callable[[], datetime], bells: Bells
    ) -> None:
        """Guard the console of a house as it is then."""
        self._bells = bells
        self._house = house
        self._now = now
        self._readers = CapacityLimiter(_READERS)
        self._slow_readers = CapacityLimiter(_SLOW_READERS)

    def answering(self, page: Page) -> Callable[[Request], object]:
        """Give what answers the requests for a page."""
        return partial(self._answer, page)

    async def _answer(self, page: Page, request: Request) -> Response:
        if "\0" in request.url.path:
            return refusal(404)
        try:
            house, now = self._house(), self._now()
            asking = partial(signed_in, house, request, now, noted=not page.by_itself)
            user = await to_thread.run_sync(asking, limiter=self._readers)
            if user is None:
                return _to_sign_in(request)
            if not may(UserRole(user.role), page.permission):
                return refusal(403)
            # Of somebody whom we do not know nothing large is read.
            form: Mapping[str, str] = {}
            if page.posts:
                read = await sent(request, largest=page.largest, most=_MOST_FIELDS)
                if read is None:
                    return refusal(400)
                form = read
            visit = self._visit(request, user, house, now, form)
            answer = partial(_answered, page, visit)
            limiter = self._slow_readers if page.slow else self._readers
            return await to_thread.run_sync(answer, limiter=limiter)
        except Transient:
            return refusal(503)
        except Exception:  # one page that cannot be made must not look like an outage of all
            _log.exception("the page %s cannot be made", page.path)
            return refusal(500)

    def _visit(
        self, request: Request, user: User, house: House, now: datetime, form: Mapping[str, str]
    ) -> Visit:
        secret = cookie(house, request)
        return Visit(request, user, house, now, secret, form, self._bells)


def _answered(page: Page, visit: Visit) -> Response:
    if page.posts and not is_ours(visit.house, visit.request, visit.form, visit.secret):
        return refusal(403)
    return page.answer(visit)


def _to_sign_in(request: Request) -> Response:
    """Lead to the sign-in, and from there back to a page that was to be looked at."""
    if request.method not in {"GET", "HEAD"} or request.url.path == "/":
        return RedirectResponse("/sign-in", 303)
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/sign-in?{urlencode({'to': request.url.path + query})}", 303)
