"""What a forked process is before it runs as a daemon or a worker.

Three things are other than in a daemon that was started from nothing: its workers are forked, too;
what happens once in seconds happens several times in one; and timers fire from when the run says
so, by when whoever watches system calls has begun.
"""

import json
import os
import subprocess
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from crash.nursery import Child, Order

GO = "go"
"""The file by which a run lets timers fire."""
HOLD = "hold"
"""While this file is there, a daemon does not begin."""
READY = "ready.json"
"""The file that says what the daemon's threads and workers are, once it is ready."""
COUNTED = "reached"
"""The file that names each point as it is reached, with the process that did."""
COUNT = "count"
"""Instead of a point: count them all."""

_EACH = {"sweep": timedelta(seconds=0.2), "house": timedelta(seconds=1)}


def read_all() -> None:
    """Read all that a daemon or a worker ever reads, so that no forked process has to.

    What is made of it at first use, such as statements, is made by taking a few mails their way.
    """
    import gateway.cli.run  # noqa: PLC0415  here, and not where a nursery is only spoken to
    import gateway.store.migrate  # noqa: PLC0415
    import gateway.worker.__main__  # noqa: F401, PLC0415
    from crash import scene  # noqa: PLC0415
    from gateway.store import database  # noqa: PLC0415
    from lib import once  # noqa: PLC0415

    module: Any = database
    module.create_engine = once.compiling_once()
    with TemporaryDirectory() as folder:
        scene.make(Path(folder), "sqlite:///casepost.db", "")


def run(order: Order) -> int:
    """Do what was ordered; the exit code."""
    if order.what == "worker":
        from gateway.worker.__main__ import main  # noqa: PLC0415  read already

        main()
        return 0
    from gateway.cli import execute  # noqa: PLC0415  the same
    from servers import process  # noqa: PLC0415

    hold = Path(order.hurry) / HOLD
    process.wait_until(lambda: not hold.exists(), what="leave to begin")
    return execute(order.arguments)


def prepare(order: Order, address: str) -> None:
    """Change in this process what has to be other."""
    from crash import broken  # noqa: PLC0415  it changes what is read by now
    from gateway import failpoint  # noqa: PLC0415

    folder = Path(order.hurry)
    points: Any = failpoint
    if os.environ.get(failpoint.POINT) == COUNT:
        points._points = _Counting(folder / COUNTED)  # noqa: SLF001  the environment is read once
    else:
        points._points = points._armed()  # noqa: SLF001
    _fork_workers(order, address)
    _hurry(folder)
    if order.breakage:
        broken.BREAKAGES[order.breakage].change()


class _Counting(dict[str, object]):
    """No points; who looks one up is written down."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY)

    def __contains__(self, name: object) -> bool:
        os.write(self._file, f"{name} {os.getpid()}\n".encode())
        return False


class _Worker:
    """What the supervisor has for subprocess.Popen: a process of the nursery's."""

    def __init__(self, order: Order, address: str) -> None:
        theirs_in, ours_in = os.pipe()
        ours_out, theirs_out = os.pipe()
        self.stdin: IO[bytes] = os.fdopen(ours_in, "wb", buffering=0)
        self.stdout: IO[bytes] = os.fdopen(ours_out, "rb", buffering=0)
        try:
            self._child = Child(address, order, (theirs_in, theirs_out, 2))
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        self.pid = self._child.pid
        self.wait = self._child.wait
        self.kill = self._child.kill


def _fork_workers(order: Order, address: str) -> None:
    from gateway.worker import supervisor  # noqa: PLC0415  read already

    class Forking:
        PIPE = subprocess.PIPE

        @staticmethod
        def Popen(command: list[str], **_: object) -> _Worker:  # noqa: N802  subprocess's name
            environment = dict(os.environ)
            ordered = Order(
                "worker", tuple(command), environment, os.getpgrp(), order.hurry, order.breakage
            )
            return _Worker(ordered, address)

    module: Any = supervisor
    module.subprocess = Forking


def _hurry(folder: Path) -> None:
    """Let all ticks come soon, and the timers' from when they may; say when the daemon is ready."""
    import gateway.daemon  # noqa: PLC0415  read already

    module: Any = gateway.daemon
    usual = module.Tick

    def tick(name: str, every: timedelta, do: Callable[[], None]) -> object:
        def done() -> None:
            daemon = getattr(do, "__self__", None)
            if name == "sweep" and daemon is not None and daemon._ready:  # noqa: SLF001  nobody else
                _tell(daemon, folder / READY)
            if name != "sweep" or (folder / GO).exists():
                do()

        return usual(name, _EACH.get(name, every), done)

    module.Tick = tick


def _tell(daemon: Any, path: Path) -> None:  # noqa: ANN401  whatever the daemon is by now
    workers = [one._process.pid for one in daemon.workers if one._process]  # noqa: SLF001  the same
    if path.exists() or len(workers) < len(daemon.workers):
        return
    threads = {thread.name: thread.native_id for thread in threading.enumerate()}
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"workers": workers, "threads": threads}))
    fresh.rename(path)
