"""Whose turn it is to read an account: of all nodes that could, one does.

The turn is a lease in the database. Whoever has it renews it in a thread of its own, so that a
server that is slow to answer costs nobody their turn; all others look now and then whether it is
free. Two who read at once, one of them frozen and back, do no harm: what they write has keys.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from threading import Condition, Thread

from gateway.config.settings import ImapAccount
from gateway.errors import Transient
from gateway.imap_source.filing import Spooling
from gateway.imap_source.health import source_name
from gateway.store import leases
from gateway.store.claimant import this_process

_log = logging.getLogger("casepost.imap")

# So often within a lease: two attempts to renew it may fail.
_RENEWED = 3
_LOOKED = 6


class Turn:
    """One account's turn, as this process sees it; `lost` is called when another has it."""

    def __init__(self, account: ImapAccount, spooling: Spooling, lost: Callable[[], None]) -> None:
        """Prepare; nothing is asked yet."""
        self._name = source_name(account)
        self._spooling = spooling
        self._claimant = this_process(spooling.node)
        self._lease = timedelta(seconds=account.lease)
        self._lost = lost
        self._changed = Condition()
        self._epoch: int | None = None
        self._leaving = self._stopping = self._hinted = self._silent = False
        self._thread = Thread(target=self._run, name=f"turn-{account.name}", daemon=True)

    def start(self) -> None:
        """Begin to ask for it."""
        self._thread.start()

    def look(self) -> None:
        """Ask at once: somebody may have given it up."""
        with self._changed:
            self._hinted = True
            self._changed.notify_all()

    @property
    def is_ours(self) -> bool:
        """Say whether we have it, as far as we know."""
        return self._epoch is not None

    def comes(self) -> bool:
        """Wait until it is ours; False once it is time to leave."""
        with self._changed:
            self._changed.wait_for(lambda: self.is_ours or self._leaving)
            return not self._leaving

    def leave(self) -> None:
        """Let nobody wait for it any more; what we have is ours until `stop`."""
        with self._changed:
            self._leaving = True
            self._changed.notify_all()

    def stop(self, timeout: float) -> None:
        """Give it up, so that another node goes on at once."""
        with self._changed:
            self._leaving = self._stopping = True
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join(timeout)

    def _run(self) -> None:
        while not self._stopping:
            try:
                self._ask()
                self._silent = False
            except Transient as error:
                self._tell(error)
            except Exception:  # the thread lives as long as the daemon
                _log.exception("%s: whose turn it is cannot be told", self._name)
            pause = self._lease.total_seconds() / (_RENEWED if self.is_ours else _LOOKED)
            with self._changed:
                self._changed.wait_for(lambda: self._stopping or self._hinted, pause)
                self._hinted = False
        try:
            self._give_up()
        except Transient as error:
            self._tell(error)

    def _ask(self) -> None:
        """Renew it, or take it if it is free."""
        now, epoch = self._spooling.now(), self._epoch
        if epoch is not None:
            with self._spooling.database.writing(durable=False) as connection:
                if leases.renew(connection, self._name, epoch, now, self._lease):
                    return
            _log.warning("%s: another node reads it now", self._name)
            self._epoch = None
            self._lost()
            return
        with self._spooling.database.reading() as connection:
            if not leases.is_free(connection, self._name, self._claimant, now):
                return
        with self._spooling.database.writing(durable=False) as connection:
            epoch = leases.take(connection, self._name, self._claimant, now, self._lease)
        if epoch is not None:
            _log.info("%s: this node reads it", self._name)
            with self._changed:
                self._epoch = epoch
                self._changed.notify_all()

    def _give_up(self) -> None:
        if self._epoch is not None:
            with self._spooling.database.writing(durable=False) as connection:
                leases.give_up(connection, self._name, self._epoch)
            self._epoch = None
            self._spooling.freed()

    def _tell(self, error: Transient) -> None:
        if not self._silent:
            _log.warning("%s: whose turn it is cannot be told: %s", self._name, error)
        self._silent = True
