"""The courier as the daemon sees it: threads that carry mails from the outbox to an outlet."""

import logging
import socket
import time
from collections.abc import Callable, Sequence
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
from gateway.courier.pace import Pace
from gateway.courier.records import Records
from gateway.courier.smtp_outlet import SmtpOutlet
from gateway.maillog import Verb
from gateway.oauth2.grant import Grant
from gateway.store.database import Database

_log = logging.getLogger("casepost.courier")

# Seconds for what is quickly done, when asked to stop.
_GRACE = 1.0


class Courier:
    """Sends what is queued. Without an MSA, mails become files under `data`/outgoing.

    `password` gives the MSA's, and is called for each connection; an MSA with tokens has a `grant`
    instead; `random` gives numbers from 0
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
        grant: Grant | None = None,
    ) -> None:
        """Prepare; nothing is sent yet."""
        msa = settings.msa or Msa(host="", connections=1)
        self._bell = Bell()
        self._records = Records(database, node, msa, now)
        self._pace = Pace()
        shared = Shared(msa, self._records, Gate(), self._bell, self._pace, now, random)
        hostname = settings.hostname or socket.getfqdn() if settings.msa else ""

        def outlet() -> Outlet:
            if settings.msa:
                return SmtpOutlet(settings.msa, hostname, password, grant)
            return FileOutlet(folder_in(data))

        self._carriers = [Carrier(shared, outlet()) for _ in range(msa.connections)]
        self._threads = [
            Thread(target=carrier.run, name=f"courier-{number}", daemon=True)
            for number, carrier in enumerate(self._carriers, start=1)
        ]

    def start(self) -> None:
        """Take back what a courier that died left behind, then carry. Raises Transient."""
        self.recover()
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Tell that mail was queued; never blocks for long, and may be called by any thread."""
        # Who carries looks for more before they rest.
        if not (self._pace.is_quick and self._records.busy):
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
        An MSA that does not answer before DATA is not waited for; its mail is free again as soon
        as this process is gone.
        """
        self._bell.ring(stop=True)
        end = time.monotonic() + timeout
        self._join(self._threads, min(end, time.monotonic() + _GRACE))
        pairs = zip(self._carriers, self._threads, strict=True)
        handing_over = [thread for carrier, thread in pairs if carrier.leave()]
        self._join(handing_over, end)
        if any(thread.is_alive() for thread in handing_over):
            _log.warning("the courier stops while a mail is being handed over")
        self._records.close()

    @staticmethod
    def _join(threads: Sequence[Thread], end: float) -> None:
        for thread in threads:
            if thread.ident is not None:
                thread.join(max(end - time.monotonic(), 0))
