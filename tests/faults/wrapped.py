"""A daemon with another clock, or with a fault of its own: `python -m faults.wrapped run ...`.

CASEPOST_FAULT_CLOCK names a file with the seconds by which every clock of the daemon and its
workers is off; it is read at each look, so that it can jump. CASEPOST_FAULT names one of `BROKEN`:
a daemon that is wrong in one way, by which the faults show that they can find it.
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

import apscheduler.schedulers.base
import apscheduler.triggers.interval

import gateway.cli
import gateway.clock
import gateway.courier.smtp_outlet
import gateway.imap_source.filing
import gateway.listener.reception
import gateway.store.database
from gateway.courier.outlet import Outcome, Verdict
from gateway.store.house_time import HouseTime
from gateway.store.spool import Accepted
from gateway.worker import supervisor

CLOCK = "CASEPOST_FAULT_CLOCK"
FAULT = "CASEPOST_FAULT"
_WORKER = (sys.executable, "-P", "-m", "faults.wrapped_worker")


class _Shifted(datetime):
    """A time of day that is off by what the file says."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """Give the time that a clock shows which somebody has set wrong."""
        return datetime.fromtimestamp(time.time() + _seconds_off(), tz)


def _seconds_off() -> float:
    try:
        return float(Path(os.environ[CLOCK]).read_text())
    except ValueError:
        return 0.0


def shift_clocks() -> None:
    """Replace every clock that tells the time of day; those that only measure stay."""
    HouseTime.__init__.__defaults__ = (lambda: _Shifted.now(UTC), None)
    for module in (apscheduler.schedulers.base, apscheduler.triggers.interval, gateway.clock):
        vars(module)["datetime"] = _Shifted


def _says_250_before_the_commit() -> None:
    """Answer each mail as if it were durable, whatever comes of it."""
    whole = gateway.listener.reception.Reception.accept

    async def accept(self: Any, incoming: Any, envelopes: Any, source: str) -> Any:  # noqa: ANN401
        try:
            return await whole(self, incoming, envelopes, source)
        except Exception:  # what must not be
            return tuple(Accepted(0, repeated=False) for _ in envelopes)

    gateway.listener.reception.Reception.accept = accept  # type: ignore[method-assign]


def _syncs_nothing() -> None:
    """Commit without waiting for the disk, so that no error of a sync is ever seen."""
    engine = gateway.store.database._engine  # noqa: SLF001

    def unsafe(database: Any, begin: str, **_: str) -> Any:  # noqa: ANN401
        return engine(database, begin, synchronous="OFF")

    gateway.store.database._engine = unsafe  # noqa: SLF001


def _counts_as_sent_without_a_reply() -> None:
    """Take silence after the final dot for consent."""
    whole = gateway.courier.smtp_outlet.SmtpOutlet._final_reply  # noqa: SLF001

    def final_reply(self: Any, client: Any, text: bytes) -> Verdict:  # noqa: ANN401
        verdict = whole(self, client, text)
        return Verdict(Outcome.SENT, "sent") if verdict.outcome is Outcome.UNCERTAIN else verdict

    gateway.courier.smtp_outlet.SmtpOutlet._final_reply = final_reply  # type: ignore[method-assign]  # noqa: SLF001


def _repeats_what_was_sent() -> None:
    """Take every mail that was sent for one that was not."""
    whole = gateway.courier.smtp_outlet.SmtpOutlet._final_reply  # noqa: SLF001
    seen: list[None] = []

    def final_reply(self: Any, client: Any, text: bytes) -> Verdict:  # noqa: ANN401
        verdict = whole(self, client, text)
        seen.append(None)
        return Verdict(Outcome.DEFERRED, "again") if len(seen) % 2 else verdict

    gateway.courier.smtp_outlet.SmtpOutlet._final_reply = final_reply  # type: ignore[method-assign]  # noqa: SLF001


def _marks_before_the_commit() -> None:
    """Mark mails of a mailbox as filed although they could not be kept."""
    whole = gateway.imap_source.filing.Filing.file

    def file(self: Any, prepared: Any) -> list[int]:  # noqa: ANN401
        try:
            return whole(self, prepared)
        except Exception:  # what must not be
            return [uid for uid, _ in prepared]

    gateway.imap_source.filing.Filing.file = file  # type: ignore[method-assign]


BROKEN: dict[str, Callable[[], None]] = {
    "250 before the commit": _says_250_before_the_commit,
    "errors of a sync are not looked at": _syncs_nothing,
    "sent without a reply": _counts_as_sent_without_a_reply,
    "sent mails go out again": _repeats_what_was_sent,
    "marked before the commit": _marks_before_the_commit,
}
"""How a daemon can be wrong."""


def wrap() -> None:
    """Put in force what the environment says, for this process and the workers it starts."""
    if CLOCK in os.environ:
        shift_clocks()
    if FAULT in os.environ:
        BROKEN[os.environ[FAULT]]()
    supervisor.Supervisor.__init__.__defaults__ = (_WORKER,)


if __name__ == "__main__":
    wrap()
    gateway.cli.main()
