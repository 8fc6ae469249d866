"""The way to an article: customers' links lead over here where a desk counts clicks.

What is counted is the article and the day, nothing of the person: no cookie, no address, no header.
A link leads to the address that the article itself has, and nowhere else.
"""

import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.desk.article_file import is_web_address
from gateway.errors import Transient
from gateway.house import House
from gateway.store import clicks
from gateway.web.frame import Frame

_log = logging.getLogger("casepost.web")

_READERS = 2
# No crowd of customers clicks so often, and each click is written where mail is, too.
_MOST_A_SECOND = 20
_ID = re.compile(r"[1-9][0-9]{0,17}")
# What reads links by itself says so, mostly.
_MACHINES = re.compile(
    r"bot\b|crawl|spider|slurp|preview|scan|fetch|monitor|curl/|wget/|python|java/|go-http|okhttp|"
    r"headless|libwww|proofpoint|mimecast|barracuda|safelinks",
    re.IGNORECASE,
)
_LONGEST_AGENT = 1000


class ArticlePage:
    """Answers `GET /articles/ID` by sending the browser to where the article is."""

    def __init__(self, house: House, now: Callable[[], datetime], frame: Frame) -> None:
        """Count in this house's database; what is wrong is said in this frame."""
        self._frame = frame
        self._house = house
        self._now = now
        self._readers = CapacityLimiter(_READERS)
        self._second = datetime.min.replace(tzinfo=UTC)
        self._counted = 0

    async def answer(self, request: Request) -> Response:
        """Answer; a click that cannot be counted leads on all the same."""
        name: str = request.path_params["article"]
        if not _ID.fullmatch(name):
            return self._frame.missing(request.headers)
        article = int(name)
        try:
            url = await to_thread.run_sync(self._url, article, limiter=self._readers)
        except Transient:
            return self._frame.later(request.headers)
        if not is_web_address(url):
            return self._frame.missing(request.headers, lambda words: words.article)
        if is_persons(request) and self._is_time():
            await to_thread.run_sync(self._count, article, limiter=self._readers)
        return RedirectResponse(url, 302)

    def _is_time(self) -> bool:
        """Say whether one more click is counted within this second."""
        second = self._now().replace(microsecond=0)
        self._counted = self._counted + 1 if second == self._second else 1
        self._second = second
        return self._counted <= _MOST_A_SECOND

    def _url(self, article: int) -> str:
        with self._house.database.reading() as connection:
            return clicks.url_of(connection, article)

    def _count(self, article: int) -> None:
        try:
            with self._house.database.writing(durable=False) as connection:
                clicks.count(connection, article, self._now().date())
        except Transient as error:
            _log.warning("a click on article %d is not counted: %s", article, error)


def is_persons(request: Request) -> bool:
    """Say whether a person seems to follow the link, as far as that can be told.

    Not a program that looks whether it is there, or fetches it before anybody asks for it.
    """
    headers = request.headers
    purposes = (headers.get(name, "") for name in ("purpose", "sec-purpose", "x-purpose", "x-moz"))
    ahead = any("prefetch" in one or "preview" in one for one in map(str.lower, purposes))
    agent = headers.get("user-agent", "")[:_LONGEST_AGENT]
    return request.method == "GET" and not ahead and bool(agent) and not _MACHINES.search(agent)
