"""Nodes wake each other: whoever waits for work looks at once when another node has made some.

On PostgreSQL by LISTEN and NOTIFY, over a connection of its own. What is told is a hint: whoever
misses one finds the work at the next tick. It is told after the commit, and once for all that came
meanwhile: in the transaction itself all nodes' commits would wait for each other, since the server
lets one transaction that notifies commit at a time.
"""

import logging
import os
import select
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime
from enum import StrEnum
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from gateway.errors import Transient
from gateway.store.database import Database
from gateway.store.house_time import TIME_OF_SERVER, HouseTime

if TYPE_CHECKING:
    import psycopg

_log = logging.getLogger("casepost.waking")

# Seconds.
_PROBED_EACH = 30.0
_AGAIN_FIRST = 0.5
_AGAIN_MOST = 30.0


class Channel(StrEnum):
    """What there is: mail in the spool or the outbox, other templates, a mailbox to be read."""

    RECEIVED = "casepost_received"
    QUEUED = "casepost_queued"
    REVISED = "casepost_revised"
    FREED = "casepost_freed"


class Waking:
    """Tells other nodes, and calls `heard` for what they tell; on SQLite it does nothing.

    By the way it keeps the time of the house.
    """

    def __init__(
        self, database: Database, time: HouseTime, heard: Callable[[Channel], None]
    ) -> None:
        """Prepare; nobody listens yet."""
        self._database = database
        self._time = time
        self._heard = heard
        self._lock = Lock()
        self._untold: set[Channel] = set()
        self._stopping = Event()
        # The ends of a pipe; -1 where nobody listens.
        self._bell = self._rope = -1
        self._thread = Thread(target=self._run, name="waking", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        if not self._database.is_sqlite:
            self._bell, self._rope = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
            self._thread.start()

    def stop(self, timeout: float) -> None:
        """Tell what is not told yet, and listen no more."""
        self._stopping.set()
        if self._thread.ident is None:
            return
        self._ring()
        self._thread.join(timeout)
        if not self._thread.is_alive():
            os.close(self._bell)
            with self._lock:
                os.close(self._rope)
                self._rope = -1

    def tell(self, channel: Channel) -> None:
        """Let other nodes know that there is work; never blocks, and any thread may."""
        with self._lock:
            if self._rope == -1 or channel in self._untold:
                return
            self._untold.add(channel)
            self._ring()

    def _ring(self) -> None:
        # A pipe that is full is heard all the same.
        with suppress(BlockingIOError):
            os.write(self._rope, b"!")

    def _run(self) -> None:
        import psycopg  # noqa: PLC0415  a library for whoever has a server

        pause = _AGAIN_FIRST
        while not self._stopping.is_set():
            try:
                with closing(self._database.for_one_alone()) as connection:
                    self._listen(connection)
                    pause = _AGAIN_FIRST
                    while not self._stopping.is_set():
                        self._once(connection)
                    self._tell_all(connection)
            except (psycopg.Error, Transient, OSError) as error:
                if not self._stopping.is_set():
                    _log.warning("until then nodes find work by ticks: %s", str(error).strip())
                    self._wait(None, pause)
                    pause = min(2 * pause, _AGAIN_MOST)

    def _listen(self, connection: "psycopg.Connection") -> None:
        """Begin to listen; what was told before was heard by nobody, so that all look once."""
        for channel in Channel:
            connection.execute(f"LISTEN {channel}".encode())
        self._keep_time(connection)
        for channel in Channel:
            self._heard(channel)
        # Its bell was heard while there was no server.
        self._tell_all(connection)

    def _once(self, connection: "psycopg.Connection") -> None:
        """Wait for something to tell or to hear; see now and then whether the server is there."""
        self._wait(connection, _PROBED_EACH)
        self._tell_all(connection)
        self._keep_time(connection)
        # Also what came while something else was asked.
        own = connection.info.backend_pid
        told = {one.channel for one in connection.notifies(timeout=0) if one.pid != own}
        for channel in Channel:
            if channel in told:
                self._heard(channel)

    def _wait(self, connection: "psycopg.Connection | None", seconds: float) -> None:
        """Wait until the bell rings, or the server says something."""
        # Not select.select, which knows no number above 1023: who takes mail has many open.
        waiting = select.poll()
        waiting.register(self._bell, select.POLLIN)
        if connection is not None:
            waiting.register(connection.fileno(), select.POLLIN)
        waiting.poll(seconds * 1000)
        with suppress(BlockingIOError):
            os.read(self._bell, 4096)

    def _tell_all(self, connection: "psycopg.Connection") -> None:
        with self._lock:
            untold, self._untold = self._untold, set()
        for channel in untold:
            connection.execute("SELECT pg_notify(%s, '')", (channel,))

    def _keep_time(self, connection: "psycopg.Connection") -> None:
        def ask() -> datetime:
            (at,) = connection.execute(TIME_OF_SERVER).fetchone() or (None,)
            if not isinstance(at, datetime):
                raise TypeError(f"the server's time is {at!r}")
            return at

        self._time.ask_by(ask)
