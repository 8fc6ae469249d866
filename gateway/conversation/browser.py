"""What a customer does in a browser: opens a page of ours, and sends the form that is on it."""

import asyncio
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from starlette.types import ASGIApp, Message, Scope

from gateway.conversation.played import SentMail
from gateway.mail.feedback_link import found_in

_ERROR = 400


class NotSent(Exception):
    """A page does not take what is sent by its form, or there is none; the text says which."""


def last_link(sent: Sequence[SentMail]) -> str:
    """Give the token of the last link for feedback that was sent. Raises NotSent."""
    found = (found_in(mail.mail.text) for mail in reversed(sent))
    token = next(filter(None, found), "")
    if not token:
        raise NotSent("no mail with a link for feedback has been sent by then")
    return token


def send_form(application: ASGIApp, path: str, fields: Mapping[str, str]) -> None:
    """Open a page, then send its form as a browser does. Raises NotSent if it is not taken."""
    body = urlencode(fields, encoding="utf-8").encode("ascii")
    for method, sent in (("GET", b""), ("POST", body)):
        status = asyncio.run(_ask(application, method, path, sent))
        if status >= _ERROR:
            raise NotSent(f"the page {path.rpartition('/')[0]}/... answers {method} with {status}")


async def _ask(application: ASGIApp, method: str, path: str, body: bytes) -> int:
    """Give the status of the answer to a request."""
    answers: list[int] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answers.append(message["status"])

    await application(_scope(method, path), receive, send)
    return answers[0]


def _scope(method: str, path: str) -> Scope:
    form = b"application/x-www-form-urlencoded"
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"content-type", form)],
        "client": None,
        "server": None,
    }
