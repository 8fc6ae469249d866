"""The courier's side of the outbox: claims, marks and settlements.

Marks and settlements of all threads share transactions, so that several connections to the MSA
cost one sync of the disk together.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta
from threading import get_ident

from sqlalchemy import Connection

from gateway.config.settings import Msa
from gateway.failpoint import reached
from gateway.store import outbox
from gateway.store.claimant import this_process
from gateway.store.database import Database, insert
from gateway.store.group_commit import GroupCommit
from gateway.store.outbox import ClaimedMail, Result
from gateway.store.schema import counters

# The counter of commits that were made for their syncs alone.
_SYNCS = "outbox syncs"
_LEASE = timedelta(minutes=5)
_MARGIN = 60.0

_Mark = tuple[int, int, datetime, datetime]


def _data_lease(msa: Msa) -> timedelta:
    return timedelta(seconds=msa.command_timeout + 2 * msa.reply_timeout + _MARGIN)


def longest_lease(msa: Msa) -> timedelta:
    """Give how long a claim of a mail can last."""
    return max(_LEASE, _data_lease(msa))


class Records:
    """Reads and writes the outbox for this process; safe for several threads.

    Every method raises Transient when the database does not answer.
    """

    def __init__(
        self, database: Database, node: str, msa: Msa, now: Callable[[], datetime]
    ) -> None:
        """Start the thread that commits."""
        self._database = database
        self._node = node
        self._claimant = this_process(node)
        self._now = now
        self._uncertain_retry = timedelta(seconds=msa.uncertain_retry)
        # From the mark to the end: the reply to DATA, the text, the final reply.
        self._data_lease = _data_lease(msa)
        # The threads that have mails in hand.
        self._busy: set[int] = set()
        # A mark is on the disk before DATA. What became of a mail may wait for the next mark: until
        # then, a twentieth of a second, a power cut makes it as uncertain as one without a reply.
        self._commits: GroupCommit[_Mark | Result, bool] = GroupCommit(
            database,
            self._write,
            "outbox",
            can_wait=lambda item: isinstance(item, Result),
            touch=self._touch,
            company=lambda: len(self._busy),
        )

    def close(self) -> None:
        """Commit what was asked for, then stop."""
        self._commits.close()

    def next_due(self) -> datetime | None:
        """Say when the next mail may be tried, or None if nothing waits."""
        with self._database.reading() as connection:
            return outbox.next_due(connection)

    def claim(self, most: int) -> tuple[ClaimedMail, ...]:
        """Claim the mails that have been due longest; a claim that a power cut forgets is free."""
        now = self._now()
        with self._database.writing(durable=False) as connection:
            mails = outbox.claim(connection, self._claimant, now, _LEASE, most)
        if mails:
            self._busy.add(get_ident())
        return mails

    @property
    def busy(self) -> bool:
        """Whether a thread has mails in hand, and will look for more."""
        return bool(self._busy)

    def marking(self, mail: ClaimedMail) -> Future[bool]:
        """Note that a mail is about to go; once it is on the disk, False if it is not ours."""
        now = self._now()
        return self._commits.submit((mail.id, mail.epoch, now, now + self._data_lease))

    def mark(self, mail: ClaimedMail) -> bool:
        """Note durably that a mail is about to go; False if it is not ours any more."""
        return self.marking(mail).result()

    def settling(self, result: Result) -> Future[bool]:
        """Write down what became of a mail, on the disk in a moment; False if it is not ours."""
        return self._commits.submit(result)

    def settle(self, result: Result) -> bool:
        """Do the same, and wait until it is written."""
        return self.settling(result).result()

    def give_back(self, mails: Sequence[ClaimedMail]) -> None:
        """Let others have mails that were not tried; whoever had them has none now."""
        self._busy.discard(get_ident())
        if mails:
            with self._database.writing(durable=False) as connection:
                outbox.give_back(connection, [(mail.id, mail.epoch) for mail in mails])

    def recover(self) -> tuple[int, ...]:
        """Take back what dead or vanished couriers held; the ids that are uncertain now."""
        with self._database.writing() as connection:
            taken_back = outbox.recover(connection, self._node, self._now(), self._uncertain_retry)
            reached("courier.recovered")
            return taken_back

    def _touch(self, connection: Connection) -> None:
        """Change a row, so that a commit has something to bring to the disk.

        SQLite writes nothing, and syncs nothing, for a row that is to become what it was.
        """
        row = insert(connection, counters).values(name=_SYNCS, next=1)
        again = {"next": counters.c.next + 1}
        connection.execute(row.on_conflict_do_update(index_elements=[counters.c.name], set_=again))

    def _write(self, connection: Connection, items: Sequence[_Mark | Result]) -> Sequence[bool]:
        marks = [item for item in items if not isinstance(item, Result)]
        results = [item for item in items if isinstance(item, Result)]
        marked = iter(outbox.mark_data(connection, marks))
        settled = iter(outbox.settle(connection, results, self._now()))
        return [next(settled if isinstance(item, Result) else marked) for item in items]
