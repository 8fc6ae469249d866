"""An account's thread: connect, work, and come back after every fault, until it is told to stop."""

import logging
from collections.abc import Callable
from threading import Event, Thread

from gateway.config.settings import ImapAccount
from gateway.imap_source.filing import Spooling
from gateway.imap_source.health import Health
from gateway.imap_source.login import log_in, secret_of, server_of
from gateway.imap_source.session import Session
from gateway.imap_source.stop import Stop
from gateway.imap_source.trouble import Trouble
from gateway.imap_source.turn import Turn
from gateway.imap_source.wire import Mailbox
from gateway.oauth2.grant import Grant

_log = logging.getLogger("casepost.imap")

_SECONDS_AFTER_CUT = 1.0
# Where no mail is in hand: for a connection that is about to be made, or to end by itself.
_SECONDS_BEFORE_CUT = 0.5


class ImapSource:
    """Takes mail from one folder of one account into the spool; independent of every other.

    Of all nodes one does so at a time (`turn.py`).

    A mail is marked on the server after the commit that makes its raw bytes ours: from then on it
    can be seen, counted and filed whatever happens. `password` is asked at each login, so that a
    changed one is found; an account with tokens has a `grant` instead. `jitter` gives a number in
    0..1.
    """

    def __init__(
        self,
        account: ImapAccount,
        password: Callable[[], str],
        spooling: Spooling,
        jitter: Callable[[], float],
        grant: Grant | None = None,
    ) -> None:
        """Prepare; raises Misused when the password would cross a network in the clear."""
        self._account = account
        self._password = password
        self._grant = grant
        self._spooling = spooling
        self._server = server_of(account, spooling.message_size)
        self._health = Health(account, spooling.database, spooling.now, jitter)
        self._trouble = Trouble(spooling.now)
        self._turn = Turn(account, spooling, self._break_off)
        self._ended = Event()
        # What ends the work over one connection.
        self._stop: Stop | None = None
        self._mailbox: Mailbox | None = None
        self._session: Session | None = None
        self._thread = Thread(target=self._run, name=f"imap-{account.name}", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._turn.start()
        self._thread.start()

    def wake(self) -> None:
        """Look whether it is this node's turn: another may have given it up."""
        self._turn.look()

    def ask_to_stop(self) -> None:
        """Begin to end, and return at once."""
        self._ended.set()
        self._turn.leave()
        self._break_off()

    def _break_off(self) -> None:
        """End the connection as soon as what is in hand is done."""
        if (stop := self._stop) is not None:
            stop.set()

    def stop(self, timeout: float) -> bool:
        """End within about `timeout` seconds; False if the thread did not.

        Waiting ends at once. A batch that is under way is finished if there is time; if not, its
        connection is cut, and what was not committed is fetched again next time. A connection
        over which nothing is being fetched is cut at once. Then it is another node's turn.
        """
        self.ask_to_stop()
        if self._thread.ident is not None:
            self._thread.join(min(timeout, _SECONDS_BEFORE_CUT))
            session = self._session
            if session is not None and session.in_hand:
                self._thread.join(max(timeout - _SECONDS_BEFORE_CUT, 0))
        mailbox = self._mailbox
        if self._thread.is_alive() and mailbox is not None:
            mailbox.cut()
            self._thread.join(_SECONDS_AFTER_CUT)
        self._turn.stop(_SECONDS_AFTER_CUT)
        if self._thread.is_alive():
            _log.warning("imap:%s still waits for its server", self._account.name)
            return False
        return True

    def _run(self) -> None:
        while self._turn.comes():
            stop = self._stop = Stop()
            try:
                # Else somebody has ended what we did before, and meant this.
                if self._turn.is_ours and not self._ended.is_set():
                    self._serve(stop)
            except Exception as error:  # the thread lives as long as the daemon
                if not stop.is_set():
                    self._ended.wait(self._health.failed(error))
            finally:
                stop.close()

    def _serve(self, stop: Stop) -> None:
        """Work over one connection until it breaks."""
        # Before there is a connection: a token may have to come from somewhere else first.
        secret = secret_of(self._account, self._password, self._grant)
        mailbox = self._mailbox = Mailbox(self._server)
        whole = False
        try:
            mailbox.connect()
            log_in(mailbox, self._account, secret, self._grant)
            self._health.logged_in()
            self._session = Session(
                self._account, self._spooling, mailbox, self._health, self._trouble, stop
            )
            self._session.run()
            whole = True
        finally:
            self._session = None
            mailbox.close(politely=whole)
            self._mailbox = None
