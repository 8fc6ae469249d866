"""Group commit: many threads' writes share one transaction, and so one sync of the disk.

One thread commits. While it does, others queue; when it is done, all that queued meanwhile go into
the next transaction together. So a writer never waits for more than the commit in progress and
the next one, and the number of syncs a mail falls as the load rises (DeWitt et al., 1984). Where
several write at once, it waits a moment for all of them, since the wait costs less than a sync.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import Generic, TypeVar

from sqlalchemy import Connection

from gateway.errors import Transient
from gateway.failpoint import reached
from gateway.store.database import Database
from gateway.store.unsynced import Unsynced

_log = logging.getLogger("casepost.store")

Item = TypeVar("Item")
Result = TypeVar("Result")

_MOMENT = 0.005  # seconds; some syncs of a common disk
# Seconds in which another group's commit may save one of our own. Whatever the power takes in that
# time is done anew, so it is no longer than what comes next under load.
_LONGEST_UNSYNCED = 0.05


class GroupCommit(Generic[Item, Result]):
    """Writes items in shared transactions; `write` gives a result for each, in their order.

    A result that is false says that nothing was written for the item.

    Items that `can_wait` need no sync of their own: the next one that goes to the disk takes them
    along, of this group or another one of this process, or after a twentieth of a second one for
    them alone, for which `touch` writes anything at all. They are in the database at once, for
    everybody to see, and outlive this process; a power cut within that time forgets them. So does
    the end of a PostgreSQL server, after which they are written again: twice has to be as once.

    `company` says how many writers are at work now, and so how many are worth a moment's wait.
    `after` is called when all futures of a group are done, by the thread that commits: who has to
    wake another thread for them does so once, and not for each.
    """

    def __init__(  # noqa: PLR0913, PLR0917  what it must not know of those whom it serves
        self,
        database: Database,
        write: Callable[[Connection, Sequence[Item]], Sequence[Result]],
        name: str,
        can_wait: Callable[[Item], bool] = lambda _: False,
        touch: Callable[[Connection], None] = lambda _: None,
        company: Callable[[], int] = lambda: 1,
        after: Callable[[], None] = lambda: None,
    ) -> None:
        """Start the thread that commits."""
        self._database = database
        self._write = write
        self._can_wait, self._touch = can_wait, touch
        self._company, self._after = company, after
        self._unsynced: Unsynced[Item] = Unsynced(database)
        self._failing = False
        self._together = 1
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
            taken = self._gathered()
            running = None not in taken
            # Who gave up waiting was told so; from here on a future can't be cancelled.
            group = [e for e in taken if e is not None and e[1].set_running_or_notify_cancel()]
            if group:
                self._commit(group)
                self._after()
            self._unsynced.forget_synced()
            if self._unsynced.since is not None and (not running or self._rest() <= 0):
                self._sync()

    def _rest(self) -> float:
        """Say for how many seconds what is unsynced may go on so."""
        since = self._unsynced.since
        return 0.0 if since is None else since + _LONGEST_UNSYNCED - monotonic()

    def _gathered(self) -> list[tuple[Item, Future[Result]] | None]:
        """Take what is queued, waiting for the first; nothing when it is time for a sync."""
        rest = None if self._unsynced.since is None else max(self._rest(), 0)
        taken: list[tuple[Item, Future[Result]] | None] = []
        with suppress(Empty):
            taken.append(self._queue.get(timeout=rest))
            until = monotonic() + _MOMENT
            # Who came together last does so again, as a rule; more may be there already.
            together = max(self._together, self._company())
            while len(taken) < together or not self._queue.empty():
                taken.append(self._queue.get(timeout=max(until - monotonic(), 0)))
        self._together = len(taken)
        return taken

    def _sync(self) -> None:
        """Let what has been written without a sync be on the disk; try again later if it fails."""
        try:
            with self._database.writing() as connection:
                if again := self._unsynced.doubtful:
                    self._write(connection, again)
                self._touch(connection)
        except Exception as error:  # what is to be kept is written already, and this thread goes on
            level = logging.DEBUG if self._failing else logging.WARNING
            _log.log(level, "what was written last is not known to be on the disk: %s", error)
            self._unsynced.put_off()
            self._failing = True
        else:
            self._unsynced.clear()
            self._failing = False

    def _commit(self, group: list[tuple[Item, Future[Result]]]) -> None:
        """Write a group; where it fails as a whole, each by itself, so that one can't harm another.

        Whatever goes wrong belongs to the futures: this thread serves everybody and goes on.
        """
        try:
            durable = not all(self._can_wait(item) for item, _ in group)
            with self._database.writing(durable=durable) as connection:
                reached("group_commit.begun")
                results = self._write(connection, [item for item, _ in group])
                reached("group_commit.written")
                done = list(zip(group, results, strict=True))
                written = monotonic()
        except Exception as error:  # handed on to those who wait
            if len(group) == 1 or isinstance(error, Transient):
                _fail(group, error)
                return
            _log.warning("a group of %d writes failed, each goes alone: %s", len(group), error)
            for entry in group:
                self._commit([entry])
        else:
            reached("group_commit.committed")
            # Where nothing was written there was nothing to sync, and no sync.
            if durable and any(result for _, result in done):
                self._database.synced_at = max(self._database.synced_at, written)
            elif not durable:
                self._unsynced.add([item for item, _ in group])
            for (_, future), result in done:
                future.set_result(result)


def _fail(group: list[tuple[Item, Future[Result]]], error: Exception) -> None:
    for _, future in group:
        future.set_exception(error)
