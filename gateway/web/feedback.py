"""The page behind a closure notice's link: 1 to 5 stars and a comment, without any script.

To look at it changes nothing; what is sent by its form counts, and can be changed for a while. What
may have been sent by a program counts once somebody has confirmed it.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway import feedback
from gateway.desk.requested import LONGEST_COMMENT, MOST_STARS, Said, Standing
from gateway.desk.scanner import Showing
from gateway.errors import Transient
from gateway.feedback import Form
from gateway.house import House
from gateway.serving.form import clean, sent
from gateway.templates import written
from gateway.templates.written import Reader
from gateway.web.common_words import COMMON
from gateway.web.feedback_words import WORDS
from gateway.web.frame import Frame
from gateway.web.languages import accepted, language_for
from gateway.web.pace import Pace
from gateway.web.showing import Showings

_log = logging.getLogger("casepost.web")

_READERS = 2
# Each is written where mail is, too.
_MOST_A_SECOND = 20
_MOST_A_MINUTE = 10  # by one link
_LARGEST = 32 * 1024
_MOST_FIELDS = 10
_ASKS = frozenset({Standing.OPEN, Standing.CHANGEABLE})
_UNCONFIRMED = "unconfirmed"


class FeedbackPage:
    """Answers `GET /feedback/TOKEN` with the form, and takes what is sent by it."""

    def __init__(
        self, house: Callable[[], House], now: Callable[[], datetime], frame: Frame
    ) -> None:
        """Serve the requests of a house as it is then, in this frame."""
        self._house = house
        self._now = now
        self._frame = frame
        self._readers = CapacityLimiter(_READERS)
        self._all = Pace(_MOST_A_SECOND, timedelta(seconds=1))
        self._each = Pace(_MOST_A_MINUTE, timedelta(minutes=1))

    async def answer(self, request: Request) -> Response:
        """Answer."""
        token: str = request.path_params["token"]
        try:
            if request.method == "POST":
                return await self._take(request, token)
            form = await self._form(token)
        except Transient as error:
            _log.warning("the feedback page does not answer: %s", error)
            return self._frame.later(request.headers)
        if form is None:
            return self._frame.missing(request.headers)
        if _UNCONFIRMED in request.query_params and form.unconfirmed and form.standing in _ASKS:
            return self._asked_whether(token, form, form.unconfirmed)
        return self._shown(token, form)

    async def trap(self, request: Request) -> Response:
        """Answer `GET /feedback/TOKEN/contents`, which only programs ask for."""
        token: str = request.path_params["token"]
        showing = self._showings().read(token, request.query_params.get("at", ""))
        note = partial(feedback.trap, self._house(), token, showing, self._now())
        try:
            form = await to_thread.run_sync(note, limiter=self._readers)
        except Transient as error:
            _log.warning("the feedback page does not answer: %s", error)
            return self._frame.later(request.headers)
        if form is None:
            return self._frame.missing(request.headers)
        language = language_for(form.language)
        words = WORDS[language]
        return self._frame.page("feedback_contents.html", language, token=token, words=words)

    async def _form(self, token: str) -> Form | None:
        look = partial(feedback.form, self._house(), token, self._now())
        return await to_thread.run_sync(look, limiter=self._readers)

    async def _take(self, request: Request, token: str) -> Response:
        """Rate, then lead the browser to the page, so that nothing is sent twice by reloading it.

        Whoever gives no stars is asked for them, and keeps what they wrote.
        """
        fields = await sent(request, largest=_LARGEST, most=_MOST_FIELDS)
        if fields is None:
            return self._malformed(request)
        # Whoever guesses takes no time from those who have a link.
        form = await self._form(token)
        if form is None:
            return self._frame.missing(request.headers)
        said = _said(fields.get("stars", ""), fields.get("comment", ""))
        if not said.stars:
            return self._shown(token, form, said, asked_again=True)
        now = self._now()
        if not (self._each.allows(token.lower(), now) and self._all.allows("", now)):
            return self._frame.later(request.headers)
        showing = self._showings().read(token, fields.get("shown", ""))
        rate = partial(feedback.rate, self._house(), token, said, showing, self._now)
        form = await to_thread.run_sync(rate, limiter=self._readers)
        if form is None:
            return self._frame.missing(request.headers)
        return self._taken(token, form, said)

    def _malformed(self, request: Request) -> Response:
        language = accepted(request.headers.get("accept-language", ""))
        words = COMMON[language]
        heading, sentence = words.nothing, words.missing
        return self._frame.page("told.html", language, 400, heading=heading, sentence=sentence)

    def _taken(self, token: str, form: Form, said: Said) -> Response:
        rating = form.rating
        if rating is not None and (rating.stars, rating.comment) == (said.stars, said.comment):
            return RedirectResponse(token, 303)
        if form.standing in _ASKS:
            return RedirectResponse(f"{token}?{_UNCONFIRMED}", 303)
        return self._shown(token, form, refused=True)

    def _showings(self) -> Showings:
        links = self._house().file_links
        return Showings(links.keys, links.current)

    def _shown(
        self,
        token: str,
        form: Form,
        said: Said | None = None,
        *,
        asked_again: bool = False,
        refused: bool = False,
    ) -> Response:
        """Give the page of a link, with what somebody sent just now or else gave before."""
        language = language_for(form.language)
        before = form.rating
        if said is None:
            said = Said(before.stars, before.comment) if before else Said(0, "")
        asks = form.standing in _ASKS
        problem = asked_again and asks
        return self._frame.page(
            "feedback.html",
            language,
            _status(form, problem=problem, refused=refused),
            token=token,
            shown=self._showings().mark(token, Showing(self._now())),
            form=form,
            words=WORDS[language],
            said=said,
            most=MOST_STARS,
            longest=LONGEST_COMMENT,
            asks=asks,
            problem=problem,
            expired=form.standing is Standing.EXPIRED,
            until=_day(form, language),
        )

    def _asked_whether(self, token: str, form: Form, said: Said) -> Response:
        """Ask whether what was sent is a person's."""
        language = language_for(form.language)
        return self._frame.page(
            "feedback_confirm.html",
            language,
            token=token,
            shown=self._showings().mark(token, Showing(self._now(), confirms=True)),
            form=form,
            words=WORDS[language],
            said=said,
            most=MOST_STARS,
        )


def _status(form: Form, *, problem: bool, refused: bool) -> int:
    if form.standing is Standing.EXPIRED:
        return 410
    return 409 if refused else 422 if problem else 200


def _day(form: Form, language: str) -> str:
    """Give the day until which a rating can be given or changed, in the reader's words."""
    return written.date(form.until, "long", Reader(language, form.timezone))


def _said(stars: str, comment: str) -> Said:
    """Give what a form says; 0 stars for none."""
    number = int(stars) if stars in {str(n) for n in range(1, MOST_STARS + 1)} else 0
    return Said(number, clean(comment).strip()[:LONGEST_COMMENT].rstrip())
