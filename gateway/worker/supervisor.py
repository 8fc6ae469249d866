"""Looks after the worker processes: starts them, wakes them, learns from how they die."""

import contextlib
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Event, Lock, Thread
from typing import IO

from gateway.failpoint import reached
from gateway.store.claimant import of_process
from gateway.store.database import Database
from gateway.worker.deaths import QUIET_SECONDS, note
from gateway.worker.handover import GUARDED, Orders, packed

_log = logging.getLogger("casepost.worker")

# Without -P, Python would take a folder `gateway` where the daemon was started for the program.
PROGRAM = (sys.executable, "-P", "-m", "gateway.worker")

_RESTART_FIRST = 0.1
_RESTART_MOST = 10.0


class Supervisor:
    """Keeps one worker process running; `queued` is called when it may have queued mail."""

    def __init__(
        self,
        orders: Orders,
        database: Database,
        node: str,
        queued: Callable[[], None],
        now: Callable[[], datetime],
        program: Sequence[str] = PROGRAM,
    ) -> None:
        """Prepare; nothing runs yet. Every worker gets these orders, whatever files say.

        `renew` replaces it.
        """
        self._command = list(program)
        self._handover = self._handed_over = packed(orders)
        self._database = database
        self._node = node
        self._queued = queued
        self._now = now
        # A worker that died of a mail may have died of one of many.
        self._guarded_until = 0.0
        self._stopping = Event()
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        # The worker's standard input, from when it has its orders until it is closed.
        self._wakes: IO[bytes] | None = None
        self._thread = Thread(target=self._run, name="worker-supervisor", daemon=True)

    def start(self) -> None:
        """Start the worker."""
        self._thread.start()

    def renew(self, orders: Orders) -> None:
        """Let the worker finish its batch and end; the next one gets these orders."""
        with self._lock:
            self._handover = packed(orders)
            if self._wakes is not None:
                self._wakes.close()
                self._wakes = None

    def wake(self) -> None:
        """Tell the worker that mail waits; never blocks, and may be called from any thread."""
        with self._lock:
            if self._wakes is None:
                return
            # Else it is awake anyhow, or dead, and then looks for mail when it is back.
            with contextlib.suppress(OSError):
                os.write(self._wakes.fileno(), b"!")

    def stop(self, timeout: float) -> None:
        """Let the worker finish its batch, at most `timeout` seconds, and end it."""
        with self._lock:
            # Under the lock, so that no worker is started behind our back.
            self._stopping.set()
            process = self._process
            if self._wakes is not None:
                self._wakes.close()
                self._wakes = None
        if self._thread.ident is None:
            return
        self._thread.join(timeout)
        if process and self._thread.is_alive():
            process.kill()
        self._thread.join()

    def _run(self) -> None:
        pause = _RESTART_FIRST
        while not self._stopping.is_set():
            lived_well = self._one_life()
            pause = _RESTART_FIRST if lived_well else min(2 * pause, _RESTART_MOST)
            self._stopping.wait(pause)

    def _one_life(self) -> bool:
        """Run a worker to its end, and free what it held; say whether it did any work."""
        try:
            process = self._begin()
        except OSError as error:
            _log.error("no worker can be started, and mail waits: %s", error)
            return False
        if process is None:
            return True
        claimant = str(of_process(self._node, process.pid))
        reached("supervisor.begun")
        self._hand_over(process)
        reached("supervisor.handed_over")
        worked = self._watch(process)
        status = process.wait()
        self._end(process)
        if status == 0 and self._handed_over is not self._handover:
            return True
        if self._stopping.is_set():
            return worked
        if note(self._database, self._node, claimant, status, self._now):
            self._guarded_until = time.monotonic() + QUIET_SECONDS
        return worked

    def _begin(self) -> subprocess.Popen[bytes] | None:
        """Start a worker, unless we are stopping. Raises OSError when the machine has no room."""
        with self._lock:
            if self._stopping.is_set():
                return None
            guarded = time.monotonic() < self._guarded_until
            process = subprocess.Popen(  # noqa: S603  our own program, no shell
                [*self._command, *([GUARDED] if guarded else [])],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
            )
            self._process = process
            return process

    def _hand_over(self, process: subprocess.Popen[bytes]) -> None:
        """Give a fresh worker its orders, and from then on its wake-ups.

        It may be more than a pipe holds, so this waits for the worker to read it, outside the
        lock: `wake` waits for nobody. A worker that dies meanwhile breaks the pipe.
        """
        if process.stdin is None:
            return
        handover = self._handed_over = self._handover
        rest = memoryview(handover)
        try:
            while rest:
                rest = rest[os.write(process.stdin.fileno(), rest) :]
        except BrokenPipeError:
            pass
        except OSError as error:
            # Half of its orders are none; the next one may get all of them.
            _log.error("a worker does not get its orders: %s", error)
            process.kill()
        with self._lock:
            if self._stopping.is_set() or handover is not self._handover:
                process.stdin.close()
                return
            os.set_blocking(process.stdin.fileno(), False)
            self._wakes = process.stdin

    def _watch(self, process: subprocess.Popen[bytes]) -> bool:
        """Pass on each word of a worker until it says no more; say whether there was one."""
        worked = False
        while process.stdout is not None and process.stdout.read(4096):
            worked = True
            self._queued()
        return worked

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        with self._lock:
            self._process = self._wakes = None
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
