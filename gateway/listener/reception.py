"""What the rest of the house gives the listener, and what it does with a mail that is whole."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from gateway import maillog
from gateway.config.settings import Settings
from gateway.desk.route import Routes
from gateway.errors import Transient
from gateway.listener import replies
from gateway.listener.news import News
from gateway.listener.receive import Incoming
from gateway.listener.replies import Refused
from gateway.mail.format.prescan import first_message_id, received_hops
from gateway.mail.model import Envelope
from gateway.store.large_mails import LargeMails
from gateway.store.raw import RawMail
from gateway.store.spool import Accepted, Delivery, smtp_key

_log = logging.getLogger("casepost.listener")

_KEEPERS = 8


@dataclass(frozen=True, slots=True)
class Reception:
    """Where mails go. `folder` is the data folder, `large` where large mails are.

    `keep` makes a large mail durable, and may take its time; after it, `take` writes mails down
    and is durable when its future is done.
    `routes` is asked for each recipient, so that a reload takes effect. `news` is told of each
    commit, and whoever makes them sees to it that it is passed on.
    """

    settings: Settings
    routes: Callable[[], Routes]
    large: LargeMails
    keep: Callable[[RawMail], RawMail]
    take: Callable[[tuple[Delivery, ...]], Future[tuple[Accepted, ...]]]
    folder: Path
    now: Callable[[], datetime]
    news: News
    # Of their own: who keeps mails for long holds up nobody who receives one.
    keepers: Executor = field(
        default_factory=lambda: ThreadPoolExecutor(_KEEPERS, thread_name_prefix="keeper")
    )

    async def accept(
        self, incoming: Incoming, envelopes: tuple[Envelope, ...], source: str
    ) -> tuple[Accepted, ...]:
        """Make a whole mail durable, once for each recipient, all or nothing.

        Raises Refused for a mail in a loop, and anything for what is our own fault. When the
        commit takes too long it may still happen later: the client's next try is then known.
        """
        try:
            raw = await incoming.finish()
            self._refuse_loop(raw)
            raw = await self._kept(incoming, raw)
            future = self.take(self._deliveries(raw, envelopes, source))
        except BaseException:
            incoming.discard()
            raise
        future.add_done_callback(lambda done: self._settled(done, incoming))
        accepted = await self._committed(future)
        for envelope, result in zip(envelopes, accepted, strict=True):
            maillog.event(
                maillog.Verb.RECEIVED,
                mail=result.spool_id,
                source=source,
                peer=envelope.peer,
                size=raw.size,
                sender=maillog.domain_of(envelope.reverse_path),
                repeated=result.repeated or None,
            )
        return accepted

    def _refuse_loop(self, raw: RawMail) -> None:
        most = self.settings.limits.received_hops
        # Reading the header block is what costs here, and hardly any mail names it that often.
        if raw.head.lower().count(b"received") > most and received_hops(raw.head) > most:
            raise Refused(replies.TOO_MANY_HOPS)

    async def _kept(self, incoming: Incoming, raw: RawMail) -> RawMail:
        """Make a large mail durable before it is written down; what it waits for is no disk's."""
        if raw.file is None:
            return raw
        try:
            async with asyncio.timeout(self.settings.limits.reply):
                return await incoming.keep(raw, self.keep, self.keepers)
        except TimeoutError:
            _log.warning("a large mail can't be kept: it took too long")
        except Transient as error:
            _log.warning("a large mail can't be kept: %s", error)
        raise Refused(replies.NOT_AVAILABLE)

    def _deliveries(
        self, raw: RawMail, envelopes: tuple[Envelope, ...], source: str
    ) -> tuple[Delivery, ...]:
        message_id = first_message_id(raw.head)
        now = self.now()
        return tuple(
            Delivery(smtp_key(envelope, raw), source, envelope, raw, message_id, now)
            for envelope in envelopes
        )

    def _settled(self, future: Future[tuple[Accepted, ...]], incoming: Incoming) -> None:
        """Clean up after a commit, in its thread, whether or not somebody still waits for it."""
        incoming.close()
        if not future.cancelled() and future.exception() is None:
            self.news.came()

    async def _committed(self, future: Future[tuple[Accepted, ...]]) -> tuple[Accepted, ...]:
        """Wait for a commit without ever cancelling it: others share it."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()
        future.add_done_callback(lambda _: self.news.done(loop, waiter))

        def give_up() -> None:
            if not waiter.done():
                waiter.set_exception(Transient("a commit took too long"))

        if future.done():
            # It was sooner than we: who made it may have told everybody before.
            self.news.tell()
            return future.result()
        late = loop.call_later(self.settings.limits.reply, give_up)
        try:
            await waiter
        finally:
            late.cancel()
        return future.result()
