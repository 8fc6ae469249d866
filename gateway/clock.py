"""The ticks of the house. What is due stands in the database; a tick only goes and looks.

So a tick that is missed, late or doubled does no harm, and nothing is lost with this process.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

_log = logging.getLogger("casepost.clock")


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
        for tick in ticks:
            self._scheduler.add_job(
                tick.do, "interval", seconds=tick.every.total_seconds(), id=tick.name
            )

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    def stop(self, timeout: float) -> None:
        """Stop; a run in progress is finished first, however long it takes: ticks are short."""
        del timeout
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)


def _failed(event: JobExecutionEvent) -> None:
    _log.error("tick %s failed and will be tried again: %s", event.job_id, event.exception)
