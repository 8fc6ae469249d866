"""What is done on the server to a mail that we have: a keyword, a move, or nothing.

It happens after the commit that makes the mail ours, and never decides what is fetched: that is
the business of the UIDs in the database. So a mark that fails, or that a person takes off again,
changes nothing but what people see.
"""

from collections.abc import Callable, Sequence

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from gateway.config.settings import ImapAccount
from gateway.imap_source.health import Health
from gateway.imap_source.wire import Mailbox, Opened


class Marks:
    """Marks mails in one connection, in the way that the account asks for and the server can."""

    def __init__(self, account: ImapAccount, mailbox: Mailbox, health: Health) -> None:
        """Start without a folder."""
        self._account = account
        self._verb, _, self._target = account.when_filed.partition(":")
        self._mailbox = mailbox
        self._health = health
        self._apply: Callable[[Sequence[int]], None] | None = None

    @property
    def wanted(self) -> bool:
        """Say whether the account asks for any."""
        return self._verb != "nothing"

    @property
    def possible(self) -> bool:
        """Say whether marking works at present."""
        return self._apply is not None

    def prepare(self, opened: Opened) -> None:
        """Find out how to mark in a folder that was opened; what cannot be is told once."""
        self._apply = None
        if not self.wanted:
            return
        if not opened.writable:
            self._health.once("the folder is read-only, so filed mails are not marked")
        elif self._verb == "move":
            self._prepare_move()
        elif opened.keeps(self._account.keyword):
            self._apply = self._set_keyword
        else:
            self._health.once("the server keeps no keywords, so filed mails are not marked")

    def _prepare_move(self) -> None:
        if self._mailbox.can("MOVE"):
            self._apply = self._move
        elif self._mailbox.can("UIDPLUS"):
            self._apply = self._copy_and_expunge
        else:
            # A plain EXPUNGE would also remove what others have marked as deleted.
            self._health.once("the server has neither MOVE nor UIDPLUS, so filed mails stay")

    def mark(self, uids: Sequence[int]) -> bool:
        """Mark mails; False if the server refused, and then not again until `prepare`."""
        if self._apply is None:
            return False
        try:
            self._apply(uids)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            self._apply = None
            what = f"moved to {self._target}" if self._verb == "move" else "marked"
            self._health.complain(f"filed mails cannot be {what}: {error}")
            return False
        return True

    def _set_keyword(self, uids: Sequence[int]) -> None:
        self._mailbox.set_keyword(uids, self._account.keyword)

    def _move(self, uids: Sequence[int]) -> None:
        self._mailbox.move(uids, self._target)

    def _copy_and_expunge(self, uids: Sequence[int]) -> None:
        self._mailbox.copy_and_expunge(uids, self._target)
