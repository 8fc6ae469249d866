"""Daemons whose promises are broken on purpose: what shows that `make crash` would notice.

Each changes a function or two of a daemon before it runs; nothing in the program knows of it.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Timer
from typing import Any

from crash.points import Point
from lib.reckoning import Kind

_LATE = 0.3


@dataclass(frozen=True, slots=True)
class Breakage:
    """A promise that is broken, the points at which that shows, and as what."""

    change: Callable[[], None]
    points: tuple[Point, ...]
    shows: Kind


def _reply_before_commit() -> None:
    """Say 250, and let the commit come later."""
    from gateway.listener import reception  # noqa: PLC0415  read already, where it is changed
    from gateway.store.spool import Accepted  # noqa: PLC0415

    async def accept(self: Any, incoming: Any, envelopes: Any, source: str) -> Any:  # noqa: ANN401
        raw = await self._kept(incoming, await incoming.finish())
        deliveries = self._deliveries(raw, envelopes, source)

        def later() -> None:
            self.take(deliveries).add_done_callback(lambda done: self._settled(done, incoming))

        Timer(_LATE, later).start()
        return tuple(Accepted(0, repeated=False) for _ in envelopes)

    changed: Any = reception.Reception
    changed.accept = accept


def _settle_before_data() -> None:
    """Count a mail as sent where it should be marked as on its way."""
    from gateway.courier import records  # noqa: PLC0415  the same
    from gateway.store.outbox import OutboxState, Result  # noqa: PLC0415

    def marking(self: Any, mail: Any) -> Future[bool]:  # noqa: ANN401
        settling: Future[bool] = self.settling(
            Result(mail.id, mail.epoch, OutboxState.SENT, None, "")
        )
        return settling

    changed: Any = records.Records
    changed.marking = marking


def _no_mark() -> None:
    """Hand mails over without a mark, so that nobody knows of one that may be there."""
    from gateway.courier import records  # noqa: PLC0415  the same

    def marking(_self: Any, _mail: Any) -> Future[bool]:  # noqa: ANN401
        done: Future[bool] = Future()
        done.set_result(True)
        return done

    changed: Any = records.Records
    changed.marking = marking


def _mark_before_commit() -> None:
    """Move mails out of the mailbox before they are ours."""
    from gateway.failpoint import reached  # noqa: PLC0415  the same
    from gateway.imap_source import filing, session  # noqa: PLC0415

    changed_session: Any = session.Session
    changed_filing: Any = filing.Filing
    make, prepare = changed_session._filing, changed_filing.prepare  # noqa: SLF001

    def made(self: Any, *arguments: Any) -> Any:  # noqa: ANN401
        found = make(self, *arguments)
        found.marks = self._marks
        return found

    def prepared(self: Any, mails: Iterable[tuple[Any, bytes]]) -> Any:  # noqa: ANN401
        some = list(mails)
        if self.marks.mark([mail.uid for mail, _ in some]):
            reached("broken.marked")
        return prepare(self, some)

    changed_session._filing = made  # noqa: SLF001
    changed_filing.prepare = prepared


def _forget_fingerprints() -> None:
    """File mails without remembering what they are."""
    from gateway.store import filing  # noqa: PLC0415  the same

    changed: Any = filing
    changed._remember_fingerprints = lambda *_: None  # noqa: SLF001


def _points(name: str, *numbers: int) -> tuple[Point, ...]:
    return tuple(Point(name, number, group=True) for number in numbers)


BREAKAGES: dict[str, Breakage] = {
    # Two clients take turns, and a reply in four or five is the 250 for a mail.
    "250 before the commit": Breakage(
        _reply_before_commit, _points("listener.replied", *range(4, 20)), Kind.LOST
    ),
    "settled before DATA": Breakage(
        _settle_before_data, _points("courier.before_data", 1, 2, 5), Kind.LOST
    ),
    "no mark before DATA": Breakage(
        _no_mark, _points("courier.after_dot", 1, 2, 5), Kind.DUPLICATED
    ),
    "moved before the commit": Breakage(
        _mark_before_commit, _points("broken.marked", 1, 2, 3), Kind.LOST
    ),
    "fingerprints forgotten": Breakage(
        _forget_fingerprints, _points("worker.filed", 1, 2), Kind.DUPLICATED
    ),
}
