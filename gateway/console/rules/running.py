"""A backtest on its way: what its process says is written down as it is said."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Thread

from gateway.console.rules.rehearse import Line, rehearsed
from gateway.errors import Transient
from gateway.store import backtests
from gateway.store.backtests import BacktestState
from gateway.store.database import Database

_log = logging.getLogger("casepost.console")

_MOST_SECONDS = 60 * 60.0
_MOST_DIFFERENCES = 500
_WRITTEN_EACH = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A backtest that was begun: its number, and what its process is told."""

    number: int
    config: str
    since: datetime
    desk: str

    def plain(self) -> Line:
        """Give what the process is told."""
        since = self.since.isoformat()
        return {"config": self.config, "do": "past", "since": since, "desk": self.desk}


def start(database: Database, wanted: Wanted) -> None:
    """Run a backtest on a thread of its own, which ends with this process."""
    run = Running(database, wanted, lambda: datetime.now(UTC))
    Thread(target=run.to_its_end, name="backtest", daemon=True).start()


class Running:
    """A backtest from its first line to its result."""

    def __init__(self, database: Database, wanted: Wanted, now: Callable[[], datetime]) -> None:
        """Run this one."""
        self._database = database
        self._wanted = wanted
        self._now = now
        self._differences: list[object] = []
        self._more = 0
        self._progress = (0, 0)
        self._written_at = now()

    def to_its_end(self) -> None:
        """Write down what the process says, until it ends or somebody ends it."""
        try:
            with rehearsed(self._wanted.plain(), _MOST_SECONDS) as said:
                for line in said:
                    if self._is_over(line):
                        return
        except Exception:  # the thread's end; whoever waits for the result has to know
            _log.exception("backtest %d has ended", self._wanted.number)
        self._end(BacktestState.FAILED, {"problem": "It ended; the log says why.", "findings": []})

    def _is_over(self, line: Line) -> bool:
        """Take a line; say whether nothing more is of interest."""
        if "problem" in line:
            self._end(BacktestState.FAILED, line)
            return True
        if "totals" in line:
            self._end(BacktestState.DONE, {**line, **self._found()})
            return True
        if "difference" in line:
            self._take(line["difference"])
        if isinstance(progress := line.get("progress"), list):
            self._progress = (int(progress[0]), int(progress[1]))
        return not self._goes_on()

    def _take(self, difference: object) -> None:
        if len(self._differences) < _MOST_DIFFERENCES:
            self._differences.append(difference)
        else:
            self._more += 1

    def _found(self) -> dict[str, object]:
        return {"differences": self._differences, "more": self._more}

    def _goes_on(self) -> bool:
        """Say now and then how far we are; False if somebody has ended this backtest."""
        now = self._now()
        if now - self._written_at < _WRITTEN_EACH:
            return True
        self._written_at = now
        try:
            with self._database.writing(durable=False) as connection:
                return backtests.go_on(connection, self._wanted.number, *self._progress, now)
        except Transient as error:
            _log.warning("how far a backtest is, is written later: %s", error)
            return True

    def _end(self, state: BacktestState, result: Line) -> None:
        """Write the result down; for a database that does not answer just now we wait a little."""
        for pause in (1.0, 10.0, 60.0, 0.0):
            try:
                with self._database.writing() as connection:
                    backtests.end(connection, self._wanted.number, state, result, self._now())
            except Transient as error:
                _log.warning("the result of a backtest is written later: %s", error)
                time.sleep(pause)
            else:
                return
