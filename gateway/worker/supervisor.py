"""Looks after the worker processes: starts them, wakes them, learns from how they die."""

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event, Lock, Thread

from gateway.errors import Transient
from gateway.store import spool
from gateway.store.claimant import of_process
from gateway.store.database import Database

_log = logging.getLogger("casepost.worker")

_RESTART_FIRST = 0.1
_RESTART_MOST = 10.0
# A death by one of these comes from outside and proves nothing about the mail in hand.
_FROM_OUTSIDE = frozenset({-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP, 0})


class Supervisor:
    """Keeps one worker process running; `queued` is called when it may have queued mail."""

    def __init__(
        self, configuration: Path, database: Database, node: str, queued: Callable[[], None]
    ) -> None:
        """Prepare; nothing runs yet."""
        self._command = [sys.executable, "-m", "gateway.worker", str(configuration)]
        self._database = database
        self._node = node
        self._queued = queued
        self._stopping = Event()
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = Thread(target=self._run, name="worker-supervisor", daemon=True)

    def start(self) -> None:
        """Start the worker."""
        self._thread.start()

    def wake(self) -> None:
        """Tell the worker that mail waits; never blocks, and may be called from any thread."""
        with self._lock:
            if self._process is None or self._process.stdin is None:
                return
            try:
                os.write(self._process.stdin.fileno(), b"!")
            except (BlockingIOError, BrokenPipeError, ValueError):
                pass  # It is awake anyhow, or dead, and then looks for mail when it is back.

    def stop(self, timeout: float) -> None:
        """Let the worker finish its batch, at most `timeout` seconds, and end it."""
        self._stopping.set()
        with self._lock:
            process = self._process
            if process and process.stdin:
                process.stdin.close()
        self._thread.join(timeout)
        if process and self._thread.is_alive():
            process.kill()
            self._thread.join()

    def _run(self) -> None:
        pause = _RESTART_FIRST
        while not self._stopping.is_set():
            claimant, lived_well, status = self._one_life()
            if self._stopping.is_set():
                return
            by_itself = status not in _FROM_OUTSIDE
            _log.warning("a worker ended with status %d%s", status, " by itself" * by_itself)
            self._free(claimant if by_itself else None)
            pause = _RESTART_FIRST if lived_well else min(2 * pause, _RESTART_MOST)
            self._stopping.wait(pause)

    def _one_life(self) -> tuple[str, bool, int]:
        """Run a worker to its end: its claimant, whether it did any work, and how it ended."""
        with self._lock:
            process = subprocess.Popen(  # noqa: S603  our own program, no shell
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
            )
            assert process.stdin is not None  # noqa: S101  both are pipes
            assert process.stdout is not None  # noqa: S101
            os.set_blocking(process.stdin.fileno(), False)
            self._process = process
        claimant = str(of_process(self._node, process.pid))
        worked = False
        while process.stdout.read(4096):
            worked = True
            self._queued()
        status = process.wait()
        with self._lock:
            self._process = None
            process.stdin.close()
        process.stdout.close()
        return claimant, worked, status

    def _free(self, died_by_itself: str | None) -> None:
        """Free what the dead worker held; if the store does not answer, its lease will end."""
        try:
            with self._database.writing() as connection:
                died = () if died_by_itself is None else (died_by_itself,)
                freed = spool.free_dead(connection, self._node, died)
        except Transient as error:
            _log.warning("mails stay claimed until their lease ends: %s", error)
        else:
            if freed:
                _log.warning("%d mails of a dead worker will be taken one by one", freed)
