"""What machines ask: whether the daemon lives, whether it is ready, and how the house does.

`/healthz` looks at nothing but this process. `/readyz` looks at the database as well, and says no
while the daemon starts and stops. `/metrics` is for Prometheus. None of them says anything of a
person, or of what is wrong with the database: that stands in the log.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from anyio import CapacityLimiter, Lock, move_on_after, to_thread
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
from gateway.serving.headers import with_headers
from gateway.store import measures
from gateway.store.measures import Measures
from gateway.store.revision import REVISIONS, present

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
        # A look that hangs keeps its place: no more threads hang than there are places.
        self._looking = CapacityLimiter(1)
        self._measuring = CapacityLimiter(1)
        self._one_by_one = Lock()
        self._measured: Measures | None = None
        self._process = ProcessCollector(registry=None)

    async def lives(self, request: Request) -> Response:
        del request
        return PlainTextResponse("lives\n")

    async def ready(self, request: Request) -> Response:
        del request
        if not self._serves():
            return _not("the daemon starts or stops")
        reason = "the database does not answer"
        with move_on_after(_PATIENCE):
            reason = await to_thread.run_sync(
                self._what_is_wrong, limiter=self._looking, abandon_on_cancel=True
            )
        return _not(reason) if reason else PlainTextResponse("ready\n")

    async def metrics(self, request: Request) -> Response:
        del request
        found: Measures | None = None
        with move_on_after(_PATIENCE):
            async with self._one_by_one:
                found = await self._fresh()
        if found is None:
            return _not("the database does not answer")
        registry = CollectorRegistry()
        registry.register(HouseCollector(found, self._house().desks))
        registry.register(self._process)
        return Response(
            generate_latest(registry), headers={"content-type": CONTENT_TYPE_PLAIN_0_0_4}
        )

    async def _fresh(self) -> Measures | None:
        """Give what was measured just now; None if the database does not answer."""
        last = self._measured
        if last is None or not timedelta() <= self._now() - last.at < _FRESH:
            last = await to_thread.run_sync(
                self._measure, limiter=self._measuring, abandon_on_cancel=True
            )
            self._measured = last
        return last

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
                found = present(connection)
        except (Transient, SQLAlchemyError) as error:
            _log.warning("not ready: %s", error)
            return "the database does not answer"
        return "" if found == REVISIONS[-1] else "the database has the tables of another version"


def _not(reason: str) -> Response:
    return PlainTextResponse(f"{reason}\n", 503)
