"""Signing in at an identity provider: there, and back again."""

import base64
import hmac
import logging
import os
from collections.abc import Callable
from datetime import datetime

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from gateway.config.secrets import read_secret
from gateway.config.served import Oidc
from gateway.console.attempts import attempt, forgive
from gateway.console.oidc import Provider, Unvouched, state_of
from gateway.console.origin import safe_path
from gateway.console.render import outside, refusal
from gateway.console.session import (
    begin,
    console_of,
    cookie,
    drop_cookie,
    new_secret,
    set_cookie,
)
from gateway.console.sign_in import FORM, TOO_OFTEN, form_page
from gateway.errors import Misconfigured, Transient
from gateway.house import House
from gateway.serving.peer import peer_of
from gateway.store import users
from gateway.store.users import User

_log = logging.getLogger("casepost.console")

_BACK = "/sign-in/oidc/back"
_AT_ONCE = 2
_COOKIE = "oidc"
_LONGEST_CODE = 4096

_LOST = "Please try once more; that sign-in had begun elsewhere, or waited for too long."
_FAILED = "The sign-in did not work; an admin finds the reason in the log."


class SingleSignOn:
    """Answers what lies below `/sign-in/oidc`."""

    def __init__(self, house: Callable[[], House], now: Callable[[], datetime]) -> None:
        """Let users of a house sign in as it is then."""
        self._house = house
        self._now = now
        self._limiter = CapacityLimiter(_AT_ONCE)
        self._made: tuple[Oidc, Provider] | None = None

    def routes(self) -> list[Route]:
        """Give the places that browsers go through."""
        return [
            Route("/sign-in/oidc", self._begin, methods=["GET"]),
            Route(_BACK, self._return, methods=["GET"]),
        ]

    async def _begin(self, request: Request) -> Response:
        return await self._on_a_thread(self._begun, request)

    async def _return(self, request: Request) -> Response:
        return await self._on_a_thread(self._returned, request)

    async def _on_a_thread(
        self, answer: Callable[[House, Provider, Request], Response], request: Request
    ) -> Response:
        house = self._house()
        provider = self._provider(house)
        if provider is None:
            return refusal(404)
        try:
            return await to_thread.run_sync(answer, house, provider, request, limiter=self._limiter)
        except Transient:
            return refusal(503)
        except Misconfigured as error:
            _log.error("nobody can sign in at the provider: %s", error)
            return form_page(house, request, "/", 503, problem=_FAILED)

    def _provider(self, house: House) -> Provider | None:
        """Give the provider that is configured, as one that knows what it was told before."""
        console = console_of(house)
        if console.oidc is None:
            return None
        if self._made is None or self._made[0] != console.oidc:
            name, path = console.oidc.client_secret_file, house.settings.path
            back = f"{console.base_url.rstrip('/')}{_BACK}"
            made = Provider(console.oidc, lambda: read_secret(name, path, os.environ), back)
            self._made = (console.oidc, made)
        return self._made[1]

    def _begun(self, house: House, provider: Provider, request: Request) -> Response:
        to = safe_path(request.query_params.get("to", ""))
        secret = new_secret(house)
        try:
            there = provider.authorization(secret, self._now())
        except Unvouched as error:
            return _failed(house, request, to, error)
        answer = RedirectResponse(there, 303)
        kept = base64.urlsafe_b64encode(to.encode()).decode()
        set_cookie(house, answer, f"{secret}.{kept}", _COOKIE)
        return answer

    def _returned(self, house: House, provider: Provider, request: Request) -> Response:
        now = self._now()
        secret, _, kept = cookie(house, request, _COOKIE).partition(".")
        to = _kept_path(kept)
        if not secret or not _is_answer(provider, request, secret):
            return form_page(house, request, to, 400, problem=_LOST)
        tried = attempt(house, "", peer_of(request, console_of(house).proxies), now)
        if tried is None:
            return form_page(house, request, to, 429, problem=TOO_OFTEN)
        code = request.query_params.get("code", "")
        if not code or len(code) > _LONGEST_CODE:
            why = request.query_params.get("error", "")[:100]
            return _failed(house, request, to, Unvouched(f"the provider says {why!r}"))
        try:
            address = provider.address(code, secret, now)
        except Unvouched as error:
            return _failed(house, request, to, error)
        user = _user(house, address)
        if user is None:
            _log.warning("the provider vouches for %r, who is no user of the console", address)
            return outside("unknown.html", 403, address=address)
        with house.database.writing() as connection:
            forgive(connection, tried)
            own = begin(connection, house, request, user, now, "single sign-on")
        answer = RedirectResponse(to, 303)
        set_cookie(house, answer, own)
        for purpose in (FORM, _COOKIE):
            drop_cookie(house, answer, purpose)
        return answer


def _is_answer(provider: Provider, request: Request, secret: str) -> bool:
    """Say whether this is the answer to what that browser asked, by who was asked (RFC 9207)."""
    state = request.query_params.get("state", "")
    said_by = request.query_params.get("iss", provider.oidc.issuer)
    same = hmac.compare_digest(state.encode(), state_of(secret).encode())
    return same and said_by == provider.oidc.issuer


def _failed(house: House, request: Request, to: str, error: Unvouched) -> Response:
    _log.warning("a sign-in at the provider failed: %s", error)
    answer = form_page(house, request, to, 502, problem=_FAILED)
    drop_cookie(house, answer, _COOKIE)
    return answer


def _kept_path(text: str) -> str:
    try:
        return safe_path(base64.urlsafe_b64decode(text.encode()).decode())
    except ValueError:
        return "/"


def _user(house: House, address: str) -> User | None:
    with house.database.reading() as connection:
        user = users.find(connection, address)
    return user if user is not None and user.disabled_at is None else None
