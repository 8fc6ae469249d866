"""A browser in the console, without a socket: signed in, or about to be."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from http.cookies import SimpleCookie
from itertools import count

import httpx

from gateway.config.served import Console
from gateway.console.application import console
from gateway.console.session import digest_of
from gateway.console.visit import form_token
from gateway.serving.bells import SILENT, Bells
from gateway.store import sessions, users
from lib.workbench import Workbench

BASE_URL = "http://console.example"
CHIEF = "chief@north.example"

_COUNTED = count(1)


class Visitor:
    """Somebody at a browser; nothing is followed by itself.

    `address` is who is signed in, "" for nobody yet; `peer` is where the requests come from.
    """

    def __init__(
        self, bench: Workbench, address: str = "", secret: str = "", bells: Bells = SILENT
    ) -> None:
        """Open a browser; the house has a console from here on."""
        settings = bench.house.settings
        if settings.console is None:
            settings = replace(settings, console=Console(base_url=BASE_URL))
            bench.house = replace(bench.house, settings=settings)
        self.address = address
        self.peer = "192.0.2.7"
        self.cookies = {"casepost": secret} if secret else {}
        self._application = console(lambda: bench.house, bench.now, bells)

    @property
    def token(self) -> str:
        """Give what the forms of this session send."""
        return form_token(self.cookies.get("casepost", ""))

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Look at a page."""
        return self.ask("GET", path, headers=headers)

    def post(
        self,
        path: str,
        fields: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send a form of ours: with its token unless `fields` has another, and its Origin."""
        data = {"token": self.token, **(fields or {})}
        return self.ask("POST", path, data=data, headers={"origin": BASE_URL, **(headers or {})})

    def follow(self, answer: httpx.Response) -> httpx.Response:
        """Go where an answer leads, which has to lead somewhere (303)."""
        assert 303 == answer.status_code, (answer.status_code, answer.text)
        return self.get(answer.headers["location"])

    def ask(
        self,
        method: str,
        path: str,
        *,
        data: Mapping[str, str] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send any request; cookies are sent, and kept as a browser does."""
        said = httpx.Headers(headers)
        if self.cookies:
            said.setdefault("cookie", "; ".join(f"{n}={v}" for n, v in self.cookies.items()))
        answer = asyncio.run(self._answered(method, path, data, content, said))
        for field in answer.headers.get_list("set-cookie"):
            self._keep(field)
        return answer

    async def _answered(
        self,
        method: str,
        path: str,
        data: Mapping[str, str] | None,
        content: bytes | None,
        headers: httpx.Headers,
    ) -> httpx.Response:
        transport = httpx.ASGITransport(self._application, client=(self.peer, 40000))
        async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
            return await client.request(method, path, data=data, content=content, headers=headers)

    def _keep(self, field: str) -> None:
        for name, morsel in SimpleCookie(field).items():
            if morsel["max-age"] == "0" or not morsel.value:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value


def visitor(
    bench: Workbench, role: str = "admin", address: str = CHIEF, bells: Bells = SILENT
) -> Visitor:
    """Let somebody sign in, for a day of the workbench; a user who is not there is made."""
    secret = f"secret-{next(_COUNTED)}"
    with bench.house.database.writing() as connection:
        found = users.find(connection, address)
        who = found.id if found else users.add(connection, address, "", role, "", bench.now())
        end = bench.now() + timedelta(days=1)
        sessions.begin(connection, digest_of(secret), who, bench.now(), end)
    return Visitor(bench, address, secret, bells)
