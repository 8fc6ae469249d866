"""An account's thread: connect, work, and come back after every fault, until it is told to stop."""

import logging
from collections.abc import Callable
from threading import Thread

from gateway.config.settings import ImapAccount
from gateway.imap_source.filing import Spooling
from gateway.imap_source.health import Health
from gateway.imap_source.login import log_in, server_of
from gateway.imap_source.session import Session
from gateway.imap_source.stop import Stop
from gateway.imap_source.trouble import Trouble
from gateway.imap_source.wire import Mailbox

_log = logging.getLogger("casepost.imap")

_SECONDS_AFTER_CUT = 1.0
# Where no mail is in hand: for a connection that is about to be made, or to end by itself.
_SECONDS_BEFORE_CUT = 0.5


class ImapSource:
    """Takes mail from one folder of one account into the spool; independent of every other.

    A mail is marked on the server after the commit that makes its raw bytes ours: from then on it
    can be seen, counted and filed whatever happens. `password` is asked at each login, so that a
    changed one is found. `jitter` gives a number in 0..1.
    """

    def __init__(
        self,
        account: ImapAccount,
        password: Callable[[], str],
        spooling: Spooling,
        jitter: Callable[[], float],
    ) -> None:
        """Prepare; raises Misused when the password would cross a network in the clear."""
        self._account = account
        self._password = password
        self._spooling = spooling
        self._server = server_of(account, spooling.message_size)
        self._health = Health(account, spooling.database, spooling.now, jitter)
        self._trouble = Trouble(spooling.now)
        self._stop = Stop()
        self._mailbox: Mailbox | None = None
        self._session: Session | None = None
        self._thread = Thread(target=self._run, name=f"imap-{account.name}", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Begin to end, and return at once."""
        self._stop.set()

    def stop(self, timeout: float) -> bool:
        """End within about `timeout` seconds; False if the thread did not.

        Waiting ends at once. A batch that is under way is finished if there is time; if not, its
        connection is cut, and what was not committed is fetched again next time. A connection
        over which nothing is being fetched is cut at once.
        """
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(min(timeout, _SECONDS_BEFORE_CUT))
            session = self._session
            if session is not None and session.in_hand:
                self._thread.join(max(timeout - _SECONDS_BEFORE_CUT, 0))
        mailbox = self._mailbox
        if self._thread.is_alive() and mailbox is not None:
            mailbox.cut()
            self._thread.join(_SECONDS_AFTER_CUT)
        if self._thread.is_alive():
            _log.warning("imap:%s still waits for its server", self._account.name)
            return False
        self._stop.close()
        return True

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._serve()
            except Exception as error:  # the thread lives as long as the daemon
                if not self._stop.is_set():
                    self._stop.wait(self._health.failed(error))

    def _serve(self) -> None:
        """Work over one connection until it breaks."""
        mailbox = self._mailbox = Mailbox(self._server)
        whole = False
        try:
            mailbox.connect()
            log_in(mailbox, self._account, self._password)
            self._health.logged_in()
            self._session = Session(
                self._account, self._spooling, mailbox, self._health, self._trouble, self._stop
            )
            self._session.run()
            whole = True
        finally:
            self._session = None
            mailbox.close(politely=whole)
            self._mailbox = None
