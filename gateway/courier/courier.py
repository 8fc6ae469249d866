"""The courier as the daemon sees it: threads that carry mails from the outbox to an outlet."""

import logging
import socket
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Thread

from gateway import maillog
from gateway.config.settings import Msa, Settings
from gateway.courier.bell import Bell
from gateway.courier.carrier import Carrier, Shared
from gateway.courier.file_outlet import FileOutlet, folder_in
from gateway.courier.gate import Gate
from gateway.courier.outlet import Outlet
from gateway.courier.records import Records
from gateway.courier.smtp_outlet import SmtpOutlet
from gateway.maillog import Verb
from gateway.store.database import Database

_log = logging.getLogger("casepost.courier")


class Courier:
    """Sends what is queued. Without an MSA, mails become files under `data`/outgoing.

    `password` gives the MSA's, and is called for each connection; `random` gives numbers from 0
    to 1. Raises Misused for an MSA that can't be used safely.
    """

    def __init__(  # noqa: PLR0913, PLR0917  all that it must not find out by itself
        self,
        settings: Settings,
        database: Database,
        node: str,
        data: Path,
        password: Callable[[], str],
        now: Callable[[], datetime],
        random: Callable[[], float],
    ) -> None:
        """Prepare; nothing is sent yet."""
        msa = settings.msa or Msa(host="", connections=1)
        self._bell = Bell()
        self._records = Records(database, node, msa, now)
        shared = Shared(msa, self._records, Gate(), self._bell, now, random)
        hostname = settings.hostname or socket.getfqdn() if settings.msa else ""

        def outlet() -> Outlet:
            if settings.msa:
                return SmtpOutlet(settings.msa, hostname, password)
            return FileOutlet(folder_in(data))

        carriers = [Carrier(shared, outlet()) for _ in range(msa.connections)]
        self._threads = [
            Thread(target=carrier.run, name=f"courier-{number}", daemon=True)
            for number, carrier in enumerate(carriers, start=1)
        ]

    def start(self) -> None:
        """Take back what a courier that died left behind, then carry. Raises Transient."""
        self.recover()
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Tell that mail was queued; never blocks for long, and may be called by any thread."""
        self._bell.ring()

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._bell.stopping

    def recover(self) -> None:
        """Take back what dead or vanished couriers held; to be called now and then.

        Raises Transient.
        """
        for mail in self._records.recover():
            maillog.event(Verb.UNCERTAIN, outbox=mail)
        self._bell.ring()

    def stop(self, timeout: float) -> None:
        """Finish the mails in hand, at most `timeout` seconds, and give back the others.

        One that takes longer is left as it is: after the next start it is known to be uncertain.
        """
        self._bell.ring(stop=True)
        end = time.monotonic() + timeout
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(end - time.monotonic(), 0))
        if any(thread.is_alive() for thread in self._threads):
            _log.warning("the courier stops while a mail is being handed over")
        self._records.close()
