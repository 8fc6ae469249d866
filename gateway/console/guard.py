"""Who asks, and whether they may: before any page of the console is made."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.console.render import refusal
from gateway.console.roles import UserRole, may
from gateway.console.visit import Page, Visit, form_token
from gateway.errors import Transient
from gateway.house import House
from gateway.serving.bells import Bells
from gateway.serving.form import sent
from gateway.store import sessions
from gateway.store.users import User

_READERS = 4
_MOST_FIELDS = 100
# A session's row is written no more often.
_SEEN_EACH = timedelta(minutes=1)


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

    def answering(self, page: Page) -> Callable[[Request], object]:
        """Give what answers the requests for a page."""
        return partial(self._answer, page)

    async def _answer(self, page: Page, request: Request) -> Response:
        form: Mapping[str, str] = {}
        if page.posts:
            read = await sent(request, largest=page.largest, most=_MOST_FIELDS)
            if read is None:
                return refusal(400)
            form = read
        answer = partial(self._answered, page, request, form)
        return await to_thread.run_sync(answer, limiter=self._readers)

    def _answered(self, page: Page, request: Request, form: Mapping[str, str]) -> Response:
        house, now = self._house(), self._now()
        secret = request.cookies.get(cookie_name(house), "")
        try:
            user = self._signed_in(house, secret, now)
            if user is None:
                return RedirectResponse("/sign-in", 303)
            if not may(UserRole(user.role), page.permission):
                return refusal(403)
            if page.posts and not _is_ours(house, request, form, secret):
                return refusal(403)
            return page.answer(Visit(request, user, house, now, secret, form, self._bells))
        except Transient:
            return refusal(503)

    def _signed_in(self, house: House, secret: str, now: datetime) -> User | None:
        console = house.settings.console
        if not secret or console is None:
            return None
        digest = digest_of(secret)
        with house.database.reading() as connection:
            found = sessions.find(connection, digest, now, timedelta(seconds=console.idle))
        if found is None:
            return None
        user, seen = found
        if now - seen > _SEEN_EACH:
            with house.database.writing(durable=False) as connection:
                sessions.see(connection, digest, now)
        return user


def cookie_name(house: House) -> str:
    """Give the cookie's name; a browser sends one with this prefix over TLS to this host only."""
    console = house.settings.console
    secure = console is not None and console.base_url.startswith("https://")
    return "__Host-casepost" if secure else "casepost"


def digest_of(secret: str) -> str:
    """Give what of a session's secret is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _is_ours(house: House, request: Request, form: Mapping[str, str], secret: str) -> bool:
    """Say whether a form was sent by a page of ours: by its token, and by what the browser says."""
    if not hmac.compare_digest(form.get("token", "").encode(), form_token(secret).encode()):
        return False
    origin = request.headers.get("origin", "")
    console = house.settings.console
    if origin and console is not None:
        ours = urlsplit(console.base_url)
        return origin == f"{ours.scheme}://{ours.netloc}"
    return request.headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}
