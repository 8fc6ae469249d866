"""The page of a case: how it stands, and what its reader said and was told; it can only be read.

Whoever has the link sees what was between its reader and the desk, and nothing else. Nobody learns
from an answer whether a link was ever good.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import Response

from gateway.errors import Transient
from gateway.house import House
from gateway.web.case_view import view
from gateway.web.case_words import CASE
from gateway.web.frame import Frame
from gateway.web.languages import language_for
from gateway.web.pace import Pace
from gateway.web.seen_case import look_up

_log = logging.getLogger("casepost.web")

_READERS = 2
# Nobody reads faster; who opens a page by a script takes no time from others.
_MOST_A_MINUTE = 30


class CasePage:
    """Answers `GET /case/TOKEN`."""

    def __init__(
        self, house: Callable[[], House], now: Callable[[], datetime], frame: Frame
    ) -> None:
        """Show the cases of a house as it is then."""
        self._house = house
        self._now = now
        self._frame = frame
        self._readers = CapacityLimiter(_READERS)
        self._pace = Pace(_MOST_A_MINUTE, timedelta(minutes=1))

    async def answer(self, request: Request) -> Response:
        """Answer; whoever guesses costs no look at the database."""
        house, now = self._house(), self._now()
        link = house.case_links.read(request.path_params["token"], now)
        if link is None:
            return self._frame.missing(request.headers)
        if not self._pace.allows((link.ticket, link.reader), now):
            return self._frame.later(request.headers)
        try:
            look = partial(look_up, house, link, now)
            case = await to_thread.run_sync(look, limiter=self._readers)
        except Transient as error:
            _log.warning("the page of a case does not answer: %s", error)
            return self._frame.later(request.headers)
        if case is None:
            return self._frame.missing(request.headers)
        language = language_for(case.language)
        shown = view(house, case, language, now)
        return self._frame.page("case.html", language, case=shown, words=CASE[language])
