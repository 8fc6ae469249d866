"""The page of one file: an attachment that was too large to go along with a mail.

Whoever has its link may read it, and nobody learns from an answer whether a link was ever good.
"""

import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import IO
from urllib.parse import quote

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from gateway import in_hand
from gateway.errors import Transient
from gateway.house import House
from gateway.mail.file_link import WHOLE_MAIL, FileLink
from gateway.mail.parse import Opened
from gateway.store.raw import load_of
from gateway.web.frame import Frame

# Each reads a whole mail into memory for a moment.
_READERS = 2
_MOST_AT_ONCE = 20
_IN_MEMORY = 256 * 1024
_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    size: int
    content: IO[bytes]


class FilePage:
    """Answers `GET /files/TOKEN` with the bytes of one attachment (an ASGI application)."""

    def __init__(self, house: House, now: Callable[[], datetime], frame: Frame) -> None:
        """Serve files of this house; what is wrong is said in this frame."""
        self._frame = frame
        self._house = house
        self._now = now
        self._readers = CapacityLimiter(_READERS)
        self._serving = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; what is wrong with a link is not said."""
        link = self._house.file_links.read(scope["path_params"]["token"], self._now())
        if link is None:
            await self._missing(scope, receive, send)
        elif self._serving >= _MOST_AT_ONCE:
            await self._frame.later(Headers(scope=scope))(scope, receive, send)
        else:
            self._serving += 1
            try:
                await self._serve(link, scope, receive, send)
            finally:
                self._serving -= 1

    async def _serve(self, link: FileLink, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            file = await to_thread.run_sync(self._read, link, limiter=self._readers)
        except Transient:
            await self._frame.later(Headers(scope=scope))(scope, receive, send)
            return
        if file is None:
            await self._missing(scope, receive, send)
            return
        with closing(file.content):
            await send({"type": "http.response.start", "status": 200, "headers": _headers(file)})
            while scope["method"] != "HEAD" and (piece := file.content.read(_PIECE)):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _missing(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._frame.missing(Headers(scope=scope))(scope, receive, send)

    def _read(self, link: FileLink) -> _File | None:
        """Take a file out of its mail; it lies on the disk while it is sent. Raises Transient."""
        with in_hand.mail(link.spool), self._house.database.reading() as connection:
            raw = load_of(connection, link.spool, self._house.large)
        if raw is None:
            return None
        if link.part == WHOLE_MAIL:
            return _set_down("message.eml", raw)
        try:
            return _set_down(*Opened(raw).file(link.part, link.piece))
        except LookupError:
            return None


def _set_down(name: str, content: bytes) -> _File:
    try:
        file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  whoever sends it closes it
        file.write(content)
        file.seek(0)
    except OSError as error:
        raise Transient(f"there is no room to serve a file: {error}") from error
    return _File(name, len(content), file)


def _headers(file: _File) -> list[tuple[bytes, bytes]]:
    name = quote(file.name, safe="")
    return [
        (b"content-type", b"application/octet-stream"),
        (b"content-length", str(file.size).encode()),
        (b"content-disposition", f"attachment; filename*=UTF-8''{name}".encode()),
    ]
