"""Signing in and out: by a password, by what a proxy says, by an identity provider."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import urlencode

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from gateway.config.address import canonical
from gateway.console import passwords
from gateway.console.attempts import WINDOW, attempt, forgive
from gateway.console.origin import is_ours, safe_path
from gateway.console.proxied import claimed
from gateway.console.render import outside, refusal
from gateway.console.session import (
    begin,
    console_of,
    cookie,
    digest_of,
    drop_cookie,
    new_secret,
    set_cookie,
    signed_in,
)
from gateway.console.visit import form_token
from gateway.errors import Transient
from gateway.house import House
from gateway.serving.form import sent
from gateway.serving.peer import peer_of
from gateway.store import audit, sessions, users
from gateway.store.audit import Act
from gateway.store.users import User

_log = logging.getLogger("casepost.console")

# Each takes 64 MiB and a core for a while; readers of pages have threads of their own.
_AT_ONCE = 2
_LARGEST = 8 * 1024
_MOST_FIELDS = 10

# The cookie of somebody who is about to sign in: no other site can send their form for them.
FORM = "form"

WRONG = "There is no such user with this password."
TOO_OFTEN = "That was too often. Please wait for a quarter of an hour."
_STALE = "Please try once more; this page had waited for too long."


class SignIn:
    """Answers `/sign-in` and `/sign-out`."""

    def __init__(self, house: Callable[[], House], now: Callable[[], datetime]) -> None:
        """Let users of a house sign in as it is then."""
        self._house = house
        self._now = now
        self._limiter = CapacityLimiter(_AT_ONCE)

    def routes(self) -> list[Route]:
        """Give the places where one signs in and out."""
        return [
            Route("/sign-in", self._show, methods=["GET"]),
            Route("/sign-in", self._take, methods=["POST"]),
            Route("/sign-out", self._gone, methods=["GET"]),
            Route("/sign-out", self._leave, methods=["POST"]),
        ]

    async def _show(self, request: Request) -> Response:
        return await self._on_a_thread(self._shown, request)

    async def _take(self, request: Request) -> Response:
        form = await sent(request, largest=_LARGEST, most=_MOST_FIELDS)
        return refusal(400) if form is None else await self._on_a_thread(self._taken, request, form)

    async def _leave(self, request: Request) -> Response:
        form = await sent(request, largest=_LARGEST, most=_MOST_FIELDS)
        return refusal(400) if form is None else await self._on_a_thread(self._left, request, form)

    async def _gone(self, request: Request) -> Response:
        return await self._on_a_thread(self._is_out, request)

    async def _on_a_thread(self, answer: Callable[..., Response], *values: object) -> Response:
        try:
            return await to_thread.run_sync(answer, *values, limiter=self._limiter)
        except Transient:
            return refusal(503)

    def _shown(self, request: Request) -> Response:
        house, now = self._house(), self._now()
        to = safe_path(request.query_params.get("to", ""))
        if signed_in(house, request, now) is not None:
            return RedirectResponse(to, 303)
        claim = claimed(request, console_of(house).trusted_header)
        if claim is not None:
            return _vouched(house, request, claim, to, now)
        return form_page(house, request, to)

    def _taken(self, request: Request, form: Mapping[str, str]) -> Response:
        house, now = self._house(), self._now()
        console = console_of(house)
        to = safe_path(form.get("to", ""))
        if not console.passwords:
            return refusal(404)
        if not is_ours(house, request, form, cookie(house, request, FORM)):
            return form_page(house, request, to, 400, problem=_STALE)
        typed = form.get("address", "")
        address = _address(typed)
        tried = attempt(house, address, peer_of(request, console.proxies), now)
        if tried is None:
            _log.warning("somebody at %s tries to sign in too often", _peer(house, request))
            answer = form_page(house, request, to, 429, problem=TOO_OFTEN, address=typed)
            answer.headers["retry-after"] = str(int(WINDOW.total_seconds()))
            return answer
        user = _known(house, address, form.get("password", ""))
        if user is None:
            return form_page(house, request, to, 422, problem=WRONG, address=typed)
        with house.database.writing() as connection:
            forgive(connection, tried)
            secret = begin(connection, house, request, user, now, "password")
        return _entering(house, secret, to)

    def _left(self, request: Request, form: Mapping[str, str]) -> Response:
        house, now = self._house(), self._now()
        secret = cookie(house, request)
        user = signed_in(house, request, now)
        if user is not None:
            if not is_ours(house, request, form, secret):
                return refusal(403)
            with house.database.writing() as connection:
                sessions.end(connection, digest_of(secret))
                act = Act(now, user.address, "session.end", peer=_peer(house, request))
                audit.note(connection, act)
        answer = RedirectResponse("/sign-out", 303)
        drop_cookie(house, answer)
        return answer

    def _is_out(self, request: Request) -> Response:
        if signed_in(self._house(), request, self._now()) is not None:
            return RedirectResponse("/", 303)
        return outside("signed_out.html")


def form_page(
    house: House,
    request: Request,
    to: str,
    status: int = 200,
    *,
    problem: str = "",
    address: str = "",
) -> Response:
    """Give the page where one signs in, to be led to `to`."""
    console = console_of(house)
    secret = cookie(house, request, FORM)
    new = "" if secret else new_secret(house)
    answer = outside(
        "sign_in.html",
        status,
        token=form_token(secret or new),
        to=to,
        problem=problem,
        address=address[:320],
        passwords=console.passwords,
        label=console.oidc.label if console.oidc else "",
        provider=f"/sign-in/oidc?{urlencode({'to': to})}",
    )
    if new:
        set_cookie(house, answer, new, FORM)
    return answer


def entering(house: House, request: Request, user: User, now: datetime, how: str) -> str:
    """Begin a session of somebody whom others vouch for, and give its secret."""
    with house.database.writing() as connection:
        return begin(connection, house, request, user, now, how)


def _vouched(house: House, request: Request, claim: str, to: str, now: datetime) -> Response:
    """Let in whom the proxy vouches for, if we know them."""
    with house.database.reading() as connection:
        user = users.find(connection, claim)
    if user is None or user.disabled_at is not None:
        _log.warning("the proxy vouches for %r, who is no user of the console", claim)
        return outside("unknown.html", 403, address=claim)
    return _entering(house, entering(house, request, user, now, "proxy"), to)


def _entering(house: House, secret: str, to: str) -> Response:
    answer = RedirectResponse(to, 303)
    set_cookie(house, answer, secret)
    drop_cookie(house, answer, FORM)
    return answer


def _known(house: House, address: str, password: str) -> User | None:
    """Give whose password it is; it takes as long where there is nobody."""
    with house.database.reading() as connection:
        user = users.find(connection, address)
        active = user is not None and user.disabled_at is None
        kept = users.password_of(connection, user.id) if user is not None and active else ""
    if not passwords.matches(kept, password) or user is None:
        return None
    if passwords.outdated(kept):
        hashed = passwords.hashed(password)
        with house.database.writing() as connection:
            users.set_password(connection, user.id, hashed)
    return user


def _address(typed: str) -> str:
    """Give the address that somebody typed, as far as it is one."""
    try:
        return canonical(typed)
    except ValueError:
        return typed.strip().lower()


def _peer(house: House, request: Request) -> str:
    return peer_of(request, console_of(house).proxies)
