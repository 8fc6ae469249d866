"""What a customer does in a browser: opens a page of ours, and sends the form that is on it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin

from starlette.types import ASGIApp, Message, Scope

from gateway.conversation.played import SentMail
from gateway.mail.feedback_link import found_in

_ERROR = 400


class NotSent(Exception):
    """A page does not take what is sent by its form, or there is none; the text says which."""


class Doubted(Exception):
    """A page asks whether a person has sent its form; the text says which, `question` where."""

    def __init__(self, text: str, question: str) -> None:
        """Say so."""
        super().__init__(text)
        self.question = question


def last_link(sent: Sequence[SentMail]) -> str:
    """Give the token of the last link for feedback that was sent. Raises NotSent."""
    found = (found_in(mail.mail.text) for mail in reversed(sent))
    token = next(filter(None, found), "")
    if not token:
        raise NotSent("no mail with a link for feedback has been sent by then")
    return token


@dataclass(frozen=True, slots=True)
class Visit:
    """What a customer does on a page: it is shown to them at `seen_at`, its form sent at `sent_at`.

    Nobody answers a question in the moment in which it is put.
    """

    path: str
    seen_at: datetime
    sent_at: datetime


def send_form(
    pages: Callable[[Callable[[], datetime]], ASGIApp], visit: Visit, fields: Mapping[str, str]
) -> None:
    """Open a page, then send its form as a browser does.

    `pages` gives the application that goes by a clock. What the form has by itself is sent along.
    Raises NotSent if it is not taken, Doubted if it does not count so far.
    """
    page = asyncio.run(_ask(pages(lambda: visit.seen_at), "GET", visit.path, b""))
    said = {**_hidden(_taken(page, "GET", visit).body), **fields}
    body = urlencode(said, encoding="utf-8").encode("ascii")
    answer = asyncio.run(_ask(pages(lambda: visit.sent_at), "POST", visit.path, body))
    location = _taken(answer, "POST", visit).location
    if "?" in location:
        asks = f"the page {_name(visit)} asks whether a person has sent its form"
        raise Doubted(asks, urljoin(visit.path, location))


@dataclass(slots=True)
class _Answer:
    status: int = 0
    location: str = ""
    body: str = ""


def _taken(answer: _Answer, method: str, visit: Visit) -> _Answer:
    if answer.status >= _ERROR:
        raise NotSent(f"the page {_name(visit)} answers {method} with {answer.status}")
    return answer


def _name(visit: Visit) -> str:
    """Name a page without the secret in its address."""
    return f"{visit.path.rpartition('/')[0]}/..."


class _Hidden(HTMLParser):
    """Reads the fields of forms that nobody fills in."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "input" and found.get("type") == "hidden":
            self.fields[found.get("name") or ""] = found.get("value") or ""


def _hidden(page: str) -> dict[str, str]:
    reader = _Hidden()
    reader.feed(page)
    return reader.fields


async def _ask(application: ASGIApp, method: str, path: str, body: bytes) -> _Answer:
    """Give the answer to a request."""
    answer = _Answer()

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            headers = {name.lower(): value for name, value in message["headers"]}
            answer.location = headers.get(b"location", b"").decode("latin-1")
        else:
            answer.body += message.get("body", b"").decode("utf-8", "replace")

    await application(_scope(method, path), receive, send)
    return answer


def _scope(method: str, path: str) -> Scope:
    form = b"application/x-www-form-urlencoded"
    path, _, query = path.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(b"host", b"localhost"), (b"content-type", form)],
        "client": None,
        "server": None,
    }
