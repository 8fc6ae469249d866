"""The ticks of the house. What is due stands in the database; a tick only goes and looks.

So a tick that is missed, late or doubled does no harm, and nothing is lost with this process. The
scheduler goes by the time of day: once somebody sets that back, a tick would not come again for as
long. So a thread of its own notices that, and has them come.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

_log = logging.getLogger("casepost.clock")

_LOOK_SECONDS = 1.0
# What is slewed, or a second that was leapt, is no step.
_STEP_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Tick:
    """Something to be done again and again."""

    name: str
    every: timedelta
    do: Callable[[], None]


class Clock:
    """Does each tick on time, one run of it at once; a failed run is logged and the next comes."""

    def __init__(self, ticks: tuple[Tick, ...]) -> None:
        """Prepare; nothing ticks yet."""
        self._scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            timezone="UTC",
        )
        self._scheduler.add_listener(_failed, EVENT_JOB_ERROR)
        self._ticks = ticks
        self._over = Event()
        self._was_ahead = _ahead()
        self._watch = Thread(target=self._look, name="clock-watch", daemon=True)
        for tick in ticks:
            self._scheduler.add_job(
                tick.do, "interval", seconds=tick.every.total_seconds(), id=tick.name
            )

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()
        self._watch.start()

    def stop(self, timeout: float) -> None:
        """Stop; a run in progress is finished first, however long it takes: ticks are short."""
        del timeout
        self._over.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def _look(self) -> None:
        """Let all ticks come at once when the time of day was set back."""
        while not self._over.wait(_LOOK_SECONDS):
            before, self._was_ahead = self._was_ahead, _ahead()
            if self._was_ahead < before - _STEP_SECONDS:
                _log.warning("the time of day was set back by %.0f s", before - self._was_ahead)
                for tick in self._ticks:
                    self._scheduler.modify_job(tick.name, next_run_time=datetime.now(UTC))


def _ahead() -> float:
    """Give by how many seconds the time of day is ahead of a clock that nobody sets."""
    return datetime.now(UTC).timestamp() - time.monotonic()


def _failed(event: JobExecutionEvent) -> None:
    _log.error("tick %s failed and will be tried again: %s", event.job_id, event.exception)
