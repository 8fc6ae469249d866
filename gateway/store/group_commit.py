"""Group commit: many threads' writes share one transaction, and so one sync of the disk.

One thread commits. While it does, others queue; when it is done, all that queued meanwhile go into
the next transaction together. So a writer never waits for more than the commit in progress and
the next one, and the number of syncs a mail falls as the load rises (DeWitt et al., 1984).
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Generic, TypeVar

from sqlalchemy import Connection

from gateway.errors import Transient
from gateway.failpoint import reached
from gateway.store.database import Database

_log = logging.getLogger("casepost.store")

Item = TypeVar("Item")
Result = TypeVar("Result")


class GroupCommit(Generic[Item, Result]):
    """Writes items in shared transactions; `write` gives a result for each, in their order."""

    def __init__(
        self,
        database: Database,
        write: Callable[[Connection, Sequence[Item]], Sequence[Result]],
        name: str,
    ) -> None:
        """Start the thread that commits."""
        self._database = database
        self._write = write
        self._queue: SimpleQueue[tuple[Item, Future[Result]] | None] = SimpleQueue()
        self._stopped = False
        self._door = Lock()
        self._thread = Thread(target=self._run, name=f"commit-{name}", daemon=True)
        self._thread.start()

    def submit(self, item: Item) -> Future[Result]:
        """Ask for an item to be written; the future is done once it is committed, or failed."""
        future: Future[Result] = Future()
        with self._door:
            if self._stopped:
                future.set_exception(Transient("shutting down"))
            else:
                self._queue.put((item, future))
        return future

    def close(self) -> None:
        """Write what was submitted, then stop."""
        with self._door:
            self._stopped = True
            self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        running = True
        while running:
            taken = [self._queue.get()]
            while not self._queue.empty():
                taken.append(self._queue.get())
            running = None not in taken
            # Who gave up waiting was told so; from here on a future can't be cancelled.
            group = [e for e in taken if e is not None and e[1].set_running_or_notify_cancel()]
            if group:
                self._commit(group)

    def _commit(self, group: list[tuple[Item, Future[Result]]]) -> None:
        """Write a group; where it fails as a whole, each by itself, so that one can't harm another.

        Whatever goes wrong belongs to the futures: this thread serves everybody and goes on.
        """
        try:
            with self._database.writing() as connection:
                reached("group_commit.begun")
                results = self._write(connection, [item for item, _ in group])
                reached("group_commit.written")
                done = list(zip(group, results, strict=True))
        except Exception as error:  # handed on to those who wait
            if len(group) == 1 or isinstance(error, Transient):
                _fail(group, error)
                return
            _log.warning("a group of %d writes failed, each goes alone: %s", len(group), error)
            for entry in group:
                self._commit([entry])
        else:
            reached("group_commit.committed")
            for (_, future), result in done:
                future.set_result(result)


def _fail(group: list[tuple[Item, Future[Result]]], error: Exception) -> None:
    for _, future in group:
        future.set_exception(error)
