"""One connection's work: scan the folder, take what is new, mark it, wait for news.

What was seen stands in the database as a set of UIDs; flags are never asked. A whole scan comes
with each connection and every few minutes, so that nothing rests on a notification.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from functools import partial

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from gateway.config.settings import ImapAccount
from gateway.errors import Transient
from gateway.failpoint import reached
from gateway.imap_source.age import ages
from gateway.imap_source.behind import Behind
from gateway.imap_source.filing import Filing, Prepared, Spooling
from gateway.imap_source.health import Health, source_name
from gateway.imap_source.marks import Marks
from gateway.imap_source.stop import Stop
from gateway.imap_source.trouble import Trouble
from gateway.imap_source.wire import MOST_UIDS, Listed, Mailbox, Opened
from gateway.store import imap
from gateway.store.imap import UidSpace

_log = logging.getLogger("casepost.imap")

# Two batches are held at once (behind.py).
_BATCH_BYTES = 16 * 1024 * 1024
_POLL_SECONDS = 60.0
# Some servers speak of the number of mails in every answer.
_FRUITLESS_LOOKS = 2


class Session:
    """Reads one folder over one connection until that breaks or `stop` is set."""

    def __init__(
        self,
        account: ImapAccount,
        spooling: Spooling,
        mailbox: Mailbox,
        health: Health,
        trouble: Trouble,
        stop: Stop,
    ) -> None:
        """Start with a connection that is logged in."""
        self._account = account
        self._spooling = spooling
        self._mailbox = mailbox
        self._health = health
        self._trouble = trouble
        self._stop = stop
        self._marks = Marks(account, mailbox, health)
        # For another thread: whether mails are being fetched and marked just now.
        self.in_hand = False
        self._highest = 0
        self._idles = mailbox.can("IDLE")

    def run(self) -> None:
        """Work until `stop`; raises whatever ends the connection before that."""
        while not self._stop.is_set():
            filing = self._scan()
            self._listen(filing)

    def _scan(self) -> Filing:
        """Look at the whole folder; gives what files the mails that come until the next scan."""
        opened = self._open()
        space = UidSpace(self._account.name, self._account.folder, opened.uidvalidity)
        filing = self._filing(opened, space)
        self._marks.prepare(opened)
        self._mark_leftovers(space)
        self._highest = 0
        for uids in self._mailbox.all_uids(opened.exists):
            self._take(uids, filing)
        if self._stop.is_set():
            return filing
        if filing.rule.rescan:
            with self._spooling.database.writing() as connection:
                imap.finish_scan(connection, space)
        self._health.succeeded()
        return self._filing(opened, space)

    def _open(self) -> Opened:
        folder = self._account.folder
        try:
            opened = self._mailbox.open(folder, to_write=self._marks.wanted)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            raise Transient(f"the folder {folder} cannot be opened: {error}") from error
        if opened.uidvalidity == 0:
            raise Transient(
                f"the server gives the folder {folder} no UIDVALIDITY, so its mails "
                "cannot be told apart safely"
            )
        return opened

    def _filing(self, opened: Opened, space: UidSpace) -> Filing:
        with self._spooling.database.writing(durable=False) as connection:
            state = imap.meet_folder(connection, space, self._spooling.now())
            last_success = imap.last_success(connection, source_name(self._account))
        rule = ages(self._account, opened, state, last_success)
        if rule.rescan:
            _log.error(
                "%s: UIDVALIDITY of %s changed from %d to %d; all mails are read again, and known "
                "ones recognised by their content",
                source_name(self._account),
                space.folder,
                state.uidvalidity,
                space.uidvalidity,
            )
        return Filing(self._account, self._spooling, space, rule)

    def _mark_leftovers(self, space: UidSpace) -> None:
        """Mark what was committed but not marked when a connection or a process ended."""
        done = 0
        while self._marks.possible and not self._stop.is_set():
            with self._spooling.database.reading() as connection:
                uids = imap.unmarked(connection, space, done, MOST_UIDS)
            if not uids:
                return
            # Those that are gone were moved, or somebody else has taken them away.
            present = self._mailbox.still_there(uids)
            if present and not self._marks.mark(present):
                return
            reached("imap.leftovers_marked")
            self._set_marked(space, uids)
            done = uids[-1]

    def _set_marked(self, space: UidSpace, uids: Sequence[int]) -> None:
        with self._spooling.database.writing(durable=False) as connection:
            imap.set_marked(connection, space, uids)

    def _take(self, uids: Sequence[int], filing: Filing) -> int:
        """Take those mails that were not dealt with yet, oldest first; gives their number."""
        with self._spooling.database.reading() as connection:
            new = imap.unseen(connection, filing.space, uids)
        self.in_hand = bool(new)
        with Behind(partial(self._file, filing)) as behind:
            filed: list[int] = []
            for start in range(0, len(new), MOST_UIDS):
                listed = self._mailbox.measure(new[start : start + MOST_UIDS])
                for batch in self._batches(listed, filing):
                    if not self._stop.is_set():
                        filed += self._fetch(batch, filing, behind)
                    # Not with each batch: a server's MOVE can cost by the size of the mailbox.
                    if len(filed) >= MOST_UIDS:
                        self._mark(filing.space, filed)
                        filed = []
            self._mark(filing.space, filed + behind.end())
        if not self._stop.is_set():
            self._highest = max(self._highest, *uids[-1:], 0)
        self.in_hand = False
        return len(new)

    def _mark(self, space: UidSpace, filed: Sequence[int]) -> None:
        """Mark mails that are ours, as many at once as a command takes."""
        reached("imap.before_mark")
        for start in range(0, len(filed), MOST_UIDS):
            some = filed[start : start + MOST_UIDS]
            if self._marks.mark(some):
                reached("imap.marked")
                self._set_marked(space, some)
                reached("imap.mark_noted")

    def _batches(self, listed: Sequence[Listed], filing: Filing) -> Iterator[list[Listed]]:
        wanted = filing.pass_over(listed)
        return self._trouble.batches(filing.space, wanted, self._account.batch, _BATCH_BYTES)

    def _fetch(self, batch: Sequence[Listed], filing: Filing, behind: Behind) -> list[int]:
        """Fetch a batch and let it be filed; gives the UIDs of what became ours meanwhile."""
        try:
            found = self._mailbox.fetch([mail.uid for mail in batch])
        except (OSError, IMAPClientError) as error:
            self._trouble.failed(filing.space, batch)
            if isinstance(error, OSError | IMAPClientAbortError):
                raise
            self._health.complain(f"{len(batch)} mails cannot be fetched: {error}")
            return []
        reached("imap.fetched")
        self._trouble.over(filing.space, batch)
        measured = [
            Listed(m.uid, len(found[m.uid]), m.internal_date) for m in batch if m.uid in found
        ]
        wanted = filing.pass_over(measured)
        return behind.begin(filing.prepare((mail, found.pop(mail.uid)) for mail in wanted))

    def _file(self, filing: Filing, batch: Prepared) -> list[int]:
        """File a batch in one transaction; gives the UIDs of what is ours now."""
        filed = filing.file(batch)
        reached("imap.committed")
        return filed

    def _listen(self, filing: Filing) -> None:
        """Take new mail as it comes, until the next whole scan is due."""
        due = time.monotonic() + self._account.idle
        fruitless = 0
        while not self._stop.is_set() and (rest := due - time.monotonic()) > 0:
            # The server tells in any answer, also while we were busy, and then not in IDLE again.
            if self._mailbox.news() and fruitless < _FRUITLESS_LOOKS:
                new = self._take(self._mailbox.uids_from(self._highest + 1), filing)
                fruitless = 0 if new else fruitless + 1
                if not self._stop.is_set():
                    self._health.succeeded()
            elif self._idles:
                fruitless = 0
                self._idle(rest)
            else:
                self._stop.wait(min(rest, _POLL_SECONDS))
                return

    def _idle(self, seconds: float) -> None:
        try:
            self._mailbox.idle_until(seconds, self._stop.socket)
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            self._idles = False
            self._health.once("the server refuses IDLE, so it is asked every minute")
