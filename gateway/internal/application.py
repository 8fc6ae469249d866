"""What machines ask: whether the daemon lives, whether it is ready, and how the house does.

`/healthz` looks at nothing but this process. `/readyz` looks at the database as well, and says no
while the daemon starts and stops. `/metrics` is for Prometheus. None of them says anything of a
person, or of what is wrong with the database: that stands in the log.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from gateway.errors import Transient
from gateway.house import House
from gateway.internal.families import HouseCollector
from gateway.internal.shared import SharedLook
from gateway.serving.headers import with_headers
from gateway.store import measures
from gateway.store.measures import Measures
from gateway.store.revision import fits, present

_log = logging.getLogger("casepost.internal")

_HEADERS = [
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; sandbox"),
    (b"x-content-type-options", b"nosniff"),
]
# A database that does not answer by then is not there; whoever asks gives up soon after.
_PATIENCE = 5.0  # seconds
# However many ask, and however often, the database is measured no more often than that.
_FRESH = timedelta(seconds=5)
_NO_DATABASE = "the database does not answer"


def internal(
    house: Callable[[], House], now: Callable[[], datetime], serves: Callable[[], bool]
) -> ASGIApp:
    """Give the application that answers every request.

    `house` gives it as it is then; `serves` says whether the daemon neither starts nor stops.
    """
    answers = _Answers(house, now, serves)
    routes = [
        Route("/healthz", answers.lives, methods=["GET"]),
        Route("/readyz", answers.ready, methods=["GET"]),
        Route("/metrics", answers.metrics, methods=["GET"]),
    ]
    application = Starlette(routes=routes)
    application.router.redirect_slashes = False
    return with_headers(application, _HEADERS)


class _Answers:
    def __init__(
        self,
        house: Callable[[], House],
        now: Callable[[], datetime],
        serves: Callable[[], bool],
    ) -> None:
        self._house = house
        self._now = now
        self._serves = serves
        self._looking = SharedLook(self._what_is_wrong)
        self._measuring = SharedLook(self._measure)
        self._measured: Measures | None = None
        self._process = ProcessCollector(registry=None)

    async def lives(self, request: Request) -> Response:
        del request
        return PlainTextResponse("lives\n")

    async def ready(self, request: Request) -> Response:
        del request
        if not self._serves():
            return _not("the daemon starts or stops")
        reason = await self._looking.result(_PATIENCE)
        if reason is None:
            reason = _NO_DATABASE
        return _not(reason) if reason else PlainTextResponse("ready\n")

    async def metrics(self, request: Request) -> Response:
        del request
        found = self._measured
        if found is None or not timedelta() <= self._now() - found.at < _FRESH:
            found = self._measured = await self._measuring.result(_PATIENCE)
        if found is None:
            return _not(_NO_DATABASE)
        registry = CollectorRegistry()
        registry.register(HouseCollector(found, self._house().desks))
        registry.register(self._process)
        return Response(
            generate_latest(registry), headers={"content-type": CONTENT_TYPE_PLAIN_0_0_4}
        )

    def _measure(self) -> Measures | None:
        house = self._house()
        try:
            with house.database.reading() as connection:
                return measures.read(connection, [d.name for d in house.desks], self._now())
        except (Transient, SQLAlchemyError) as error:
            _log.warning("the house cannot be measured: %s", error)
            return None

    def _what_is_wrong(self) -> str:
        """Say why the database cannot be worked with, "" if it can."""
        try:
            with self._house().database.reading() as connection:
                usable = fits(connection, present(connection))
        except (Transient, SQLAlchemyError) as error:
            _log.warning("not ready: %s", error)
            return _NO_DATABASE
        return "" if usable else "the database has the tables of another version"


def _not(reason: str) -> Response:
    return PlainTextResponse(f"{reason}\n", 503)
