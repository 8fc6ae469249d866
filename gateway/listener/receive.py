"""The transfer of one mail from the client to memory or a file, with bounds on memory and time.

What goes to a file, or syncs one, is done by a thread. A mail that comes to nothing leaves nothing.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from threading import Lock
from typing import Protocol, TypeVar

from gateway.config.settings import Limits
from gateway.errors import Transient
from gateway.listener import replies
from gateway.listener.content import Decoder
from gateway.listener.replies import Reply
from gateway.store.large_mails import LargeMails
from gateway.store.raw import RawMail, RawWriter

_log = logging.getLogger("casepost.listener")

T = TypeVar("T")


class Incoming:
    """A mail on its way in; who has no more use for it calls `discard`, or `close` in a thread."""

    def __init__(self, large: LargeMails) -> None:
        self._writer = RawWriter(large)
        self._bound = large.bound
        self._threaded = False
        self._turn = Lock()  # Threads take a mail one after the other, and the last one closes it.
        self._closed = False

    async def write(self, content: bytes) -> None:
        """Take the next bytes. Raises OSError."""
        if self._writer.size + len(content) <= self._bound:
            self._writer.write(content)
        else:
            await self._in_thread(lambda: self._writer.write(content))

    async def finish(self) -> RawMail:
        """Give the whole mail, synced if it is in a file. Raises OSError."""
        if not self._threaded:
            return self._writer.finish()
        return await self._in_thread(self._writer.finish)

    async def keep(
        self, raw: RawMail, keep: Callable[[RawMail], RawMail], threads: Executor
    ) -> RawMail:
        """Keep a large mail in one of these threads. Raises what `keep` does."""
        if raw.file is None:
            return raw
        return await self._in_thread(lambda: keep(raw), threads)

    def close(self) -> None:
        """Forget the mail, and its file unless that has got its name."""
        with self._turn:
            self._closed = True
            self._writer.close()

    def discard(self) -> None:
        """Forget the mail in a thread, unless it never left memory."""
        if self._threaded:
            asyncio.get_running_loop().run_in_executor(None, self.close)

    async def _in_thread(self, work: Callable[[], T], threads: Executor | None = None) -> T:
        """Run what may block; it may go on when we are cancelled meanwhile."""
        self._threaded = True
        return await asyncio.get_running_loop().run_in_executor(threads, self._in_turn, work)

    def _in_turn(self, work: Callable[[], T]) -> T:
        with self._turn:
            if self._closed:
                raise Transient("the mail was given up")
            return work()


class Source(Protocol):
    """Who the bytes come from."""

    async def receive(self, deadline: float) -> bytes:
        """Give what has come, b"" if nothing more does; TimeoutError if nothing has by then."""

    def give_back(self, rest: bytes) -> None:
        """Take back what belongs to the next command."""


async def receive(source: Source, incoming: Incoming, limits: Limits) -> tuple[int, Reply | None]:
    """Take a mail up to its final dot: bytes on the wire, and what was wrong with it, if anything.

    What the client sent behind the dot is given back. Raises TimeoutError when it is too slow, and
    EOFError when it went away.
    """
    decoder = Decoder(limits.message_size, limits.line_length)
    clock = asyncio.get_running_loop().time
    began = clock()
    fault: Reply | None = None
    while not decoder.ended:
        chunk = await source.receive(_deadline(began, clock(), decoder.wire, limits))
        if not chunk:
            raise EOFError
        content, rest = decoder.feed(chunk)
        fault = fault or decoder.fault
        if content and fault is None:
            fault = await _write(incoming, content)
        if rest:
            source.give_back(rest)
        elif fault and decoder.exhausted:
            return decoder.wire, replace(fault, ends=True)
    return decoder.wire, fault


def _deadline(began: float, now: float, received: int, limits: Limits) -> float:
    """Give when the next bytes must be there: idle limit, total limit, and average rate."""
    return min(
        now + limits.data_idle,
        began + limits.data_total,
        began + limits.data_idle + received / limits.data_rate,
    )


async def _write(incoming: Incoming, content: bytes) -> Reply | None:
    try:
        await incoming.write(content)
    except OSError:
        _log.exception("a mail can't be written to the data folder")
        return replies.NOT_AVAILABLE
    return None
