"""A process forked from a worker that takes mails in its place: its death costs but a fork.

A worker's start takes seconds of a processor, a fork milliseconds. The process has its own
connections, numbers and claims. Worker and process hold the ends of one line: bytes on it say to
the worker that something was done, and to the process that mail waits; that it closes says to
either that the other is gone, or wants no more. Where the worker is killed, the kernel kills the
process.
"""

import contextlib
import ctypes
import logging
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

from gateway.failpoint import reached
from gateway.house import House
from gateway.store.claimant import of_process
from gateway.store.house_time import HouseTime
from gateway.store.numbers import Numbers
from gateway.store.waiting import Wanted
from gateway.worker import deaths
from gateway.worker.batches import Batches

_log = logging.getLogger("casepost.worker")

LONGEST_WAIT = 1.0
"""So many seconds who takes mails waits for a wake-up before looking for them anyhow."""

_PAUSE_FIRST = 0.1
_PAUSE_MOST = 10.0
_THREADS = Path("/proc/self/task")
_PARENT_DEATH = 1  # its name in sys/prctl.h is PR_SET_PDEATHSIG
_FAILED = 1


@dataclass(frozen=True, slots=True)
class _Process:
    pid: int
    claimant: str
    line: socket.socket


class Forked:
    """Has mails of one kind taken by a process, one at a time."""

    def __init__(self, house: House, now: HouseTime, wanted: Wanted, *, stays: bool) -> None:
        """Prepare; nothing runs yet. One that `stays` waits for more when there is nothing."""
        self._house = house
        self._now = now
        self._wanted = wanted
        self._stays = stays
        self._process: _Process | None = None
        self._worked = False
        self._pause = _PAUSE_FIRST
        self._not_before = 0.0
        self.died_at = time.monotonic()
        """When one died last, or, if none did, when all began; by the monotonic clock."""

    @property
    def is_running(self) -> bool:
        """Say whether there is a process now."""
        return self._process is not None

    @property
    def may_begin(self) -> bool:
        """Say whether one could be started now; after one that did nothing there is a pause."""
        return not self.is_running and time.monotonic() >= self._not_before and is_alone()

    def lines(self) -> Sequence[socket.socket]:
        """Give what can be read when there is something to `hear`."""
        return () if self._process is None else (self._process.line,)

    def begin(self) -> bool:
        """Start one; False, and a line in the log, where the machine has no room for it."""
        # What this process has open is not for another, and SQLite would take our locks for its.
        self._house.database.close()
        ours, theirs = socket.socketpair()
        worker = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:
            ours.close()
            theirs.close()
            self._wait_longer()
            _log.error("no process can be started beside a worker: %s", error)
            return False
        if pid == 0:
            ours.close()
            self._live(theirs, worker)
        theirs.close()
        self._worked = False
        self._process = _Process(pid, str(of_process(self._house.node, pid)), ours)
        reached("forked.begun")
        return True

    def wake(self) -> None:
        """Tell it that mail waits; never blocks."""
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._process.line.send(b"!", socket.MSG_DONTWAIT)

    def hear(self, *, wait: bool = False) -> None:
        """Learn what it did, and from how it died; `wait` until there is something."""
        if self._process is None:
            return
        try:
            said = self._process.line.recv(4096, 0 if wait else socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except ConnectionResetError:
            said = b""  # It died before it read what we had said.
        if said:
            self._worked = True
            self._pause = _PAUSE_FIRST
        else:
            self._bury(self._process)

    def ask_to_end(self) -> None:
        """Let it finish what it has in its hands, and end."""
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._process.line.shutdown(socket.SHUT_WR)

    def finish(self) -> None:
        """Do so, and wait for its end."""
        self.ask_to_end()
        while self.is_running:
            self.hear(wait=True)

    def _bury(self, process: _Process) -> None:
        process.line.close()
        _, status = os.waitpid(process.pid, 0)
        self._process = None
        if not self._worked:
            self._wait_longer()
        if code := os.waitstatus_to_exitcode(status):
            self.died_at = time.monotonic()
            house = self._house
            deaths.note(house.database, house.node, process.claimant, code, self._now)

    def _wait_longer(self) -> None:
        self._not_before = time.monotonic() + self._pause
        self._pause = min(2 * self._pause, _PAUSE_MOST)

    def _live(self, line: socket.socket, worker: int) -> NoReturn:
        """Be the process, to its end."""
        code = _FAILED
        try:
            _die_with(worker)
            os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
            house = self._house
            own = replace(house, numbers=Numbers(house.database, time.monotonic))
            self._work(Batches(own, self._now), line)
            own.numbers.give_back()
            own.database.close()
            code = 0
        except Exception:  # whatever it is, a copy of the worker must not go on as one
            _log.exception("a process beside a worker ends")
        finally:
            os._exit(code)

    def _work(self, batches: Batches, line: socket.socket) -> None:
        wait = 0.0
        while not _closed(line, wait):
            if batches.take(self._wanted):
                with contextlib.suppress(OSError):
                    line.send(b".", socket.MSG_DONTWAIT)
                wait = 0.0
            elif self._stays:
                wait = LONGEST_WAIT
            else:
                return


def is_alone() -> bool:
    """Say whether this process has one thread, those included that Python does not know.

    A fork copies one thread, and with it the locks that others hold.
    """
    try:
        return len(os.listdir(_THREADS)) == 1  # noqa: PTH208  names are enough
    except OSError:
        return False


def _closed(line: socket.socket, wait: float) -> bool:
    """Wait for a wake-up for that many seconds; say whether the worker wants no more."""
    ready, _, _ = select.select([line], [], [], wait)
    return bool(ready) and not line.recv(4096)


def _die_with(worker: int) -> None:
    """Let the kernel kill this process when the one that forked it ends, however it does."""
    with contextlib.suppress(OSError, AttributeError):  # There are other systems than Linux.
        ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGKILL)
    if os.getppid() != worker:
        os._exit(0)
