"""The page behind a closure notice's link: 1 to 5 stars and a comment, without any script.

To look at it changes nothing; what is sent by its form counts, and can be changed for a while.
"""

import base64
import hashlib
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from anyio import CapacityLimiter, to_thread
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from gateway import feedback
from gateway.desk.requested import LONGEST_COMMENT, MOST_STARS, Standing
from gateway.errors import Transient
from gateway.feedback import Form
from gateway.house import House
from gateway.serving.form import clean, sent
from gateway.templates import written
from gateway.templates.written import Reader
from gateway.web.feedback_words import WORDS, Words
from gateway.web.languages import accepted, language_for

_log = logging.getLogger("casepost.web")

_HERE = Path(__file__).parent
_STYLE = (_HERE / "feedback.css").read_text(encoding="utf-8")
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_PAGE = Environment(
    loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, auto_reload=False
).get_template("feedback.html")

_READERS = 2
# Each is written where mail is, too.
_MOST_A_SECOND = 20
_LARGEST = 32 * 1024
_MOST_FIELDS = 10
_ASKS = frozenset({Standing.OPEN, Standing.CHANGEABLE})


class FeedbackPage:
    """Answers `GET /feedback/TOKEN` with the form, and takes what is sent by it."""

    def __init__(self, house: Callable[[], House], now: Callable[[], datetime]) -> None:
        """Serve the requests of a house as it is then."""
        self._house = house
        self._now = now
        self._readers = CapacityLimiter(_READERS)
        self._second = datetime.min.replace(tzinfo=UTC)
        self._taken = 0

    async def answer(self, request: Request) -> Response:
        """Answer."""
        token: str = request.path_params["token"]
        words = WORDS[accepted(request.headers.get("accept-language", ""))]
        try:
            if request.method == "POST":
                return await self._take(request, token, words)
            form = await self._form(token)
        except Transient as error:
            _log.warning("the feedback page does not answer: %s", error)
            return _told(words, words.later, 503)
        return _told(words, words.unknown, 404) if form is None else _shown(form)

    async def _form(self, token: str) -> Form | None:
        look = partial(feedback.form, self._house(), token, self._now())
        return await to_thread.run_sync(look, limiter=self._readers)

    async def _take(self, request: Request, token: str, words: Words) -> Response:
        """Rate, then lead the browser to the page, so that nothing is sent twice by reloading it.

        Whoever gives no stars is asked for them, and keeps what they wrote.
        """
        said = await _sent(request)
        if said is None:
            return _told(words, words.unknown, 400)
        stars, comment = said
        # Whoever guesses takes no time from those who have a link.
        form = await self._form(token)
        if form is None:
            return _told(words, words.unknown, 404)
        if not 1 <= stars <= MOST_STARS:
            return _shown(form, comment, asked_again=True)
        if not self._is_time():
            return _told(words, words.later, 503)
        rate = partial(feedback.rate, self._house(), token, stars, comment, self._now)
        form = await to_thread.run_sync(rate, limiter=self._readers)
        if form is None:
            return _told(words, words.unknown, 404)
        rated = form.rating
        if rated is None or (rated.stars, rated.comment) != (stars, comment):
            return _shown(form, refused=True)
        return RedirectResponse(token, 303)

    def _is_time(self) -> bool:
        """Say whether one more rating is taken within this second."""
        second = self._now().replace(microsecond=0)
        self._taken = self._taken + 1 if second == self._second else 1
        self._second = second
        return self._taken <= _MOST_A_SECOND


async def _sent(request: Request) -> tuple[int, str] | None:
    """Give the stars, 0 for none, and the comment that a form sends; None if it is not ours."""
    fields = await sent(request, largest=_LARGEST, most=_MOST_FIELDS)
    if fields is None:
        return None
    stars = fields.get("stars", "")
    number = int(stars) if stars in {str(n) for n in range(1, MOST_STARS + 1)} else 0
    return number, clean(fields.get("comment", "")).strip()[:LONGEST_COMMENT].rstrip()


def _shown(
    form: Form, comment: str = "", *, asked_again: bool = False, refused: bool = False
) -> Response:
    """Give the page of a request: with the form while it can be answered, or changed."""
    language = language_for(form.language)
    words = WORDS[language]
    rating, asks = form.rating, form.standing in _ASKS
    return _page(
        language,
        _status(form, asked_again=asked_again and asks, refused=refused),
        desk=form.desk,
        lines=_lines(form, words, language),
        problem=words.choose if asked_again and asks else "",
        asks=asks,
        stars=rating.stars if rating else 0,
        comment=comment or (rating.comment if rating else ""),
        send=words.change if rating else words.send,
    )


def _status(form: Form, *, asked_again: bool, refused: bool) -> int:
    if form.standing is Standing.EXPIRED:
        return 410
    return 409 if refused else 422 if asked_again else 200


def _lines(form: Form, words: Words, language: str) -> list[str]:
    """Say what the request is about, and what came of it so far."""
    if form.standing is Standing.EXPIRED:
        return [words.expired]
    lines = [words.about.format(number=form.number)]
    if form.rating is None:
        return lines
    thanks = words.thanks.format(stars=form.rating.stars)
    day = written.date(form.until, "long", Reader(language, form.timezone))
    more = words.final if form.standing is Standing.FINAL else words.until.format(day=day)
    return [*lines, f"{thanks} {more}"]


def _told(words: Words, sentence: str, status: int) -> Response:
    """Give a page with nothing but a sentence."""
    language = next(language for language, one in WORDS.items() if one is words)
    page = {"desk": "", "problem": "", "asks": False, "stars": 0, "comment": "", "send": ""}
    return _page(language, status, lines=[sentence], **page)


def _page(language: str, status: int, **values: object) -> Response:
    document = _PAGE.render(
        language=language,
        words=WORDS[language],
        style=Markup(_STYLE),  # noqa: S704  our own file
        longest=LONGEST_COMMENT,
        **values,
    )
    headers = {"content-security-policy": _POLICY}
    if status == 503:
        headers["retry-after"] = "60"
    return HTMLResponse(document, status, headers)
