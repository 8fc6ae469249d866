"""A process that has read the whole program, and forks daemons and workers of itself.

To start Python and read the program takes a hundred times as long as all that a daemon does in one
run. What is forked runs what `casepost run` and `python -m gateway.worker` run, with a group, an
environment and standard streams of its own. One thread, so that forking is safe.
"""

import contextlib
import gc
import json
import os
import selectors
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_MOST = 1 << 20
_STREAMS = 3


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted: "daemon" or "worker", with its arguments and environment.

    `group` is the process group that it joins, 0 for one of its own. `hurry` is the folder of a
    run: there a daemon says where it is, and waits for leave to let time pass. `breakage` names
    what is to be broken in it.
    """

    what: str
    arguments: tuple[str, ...]
    environment: dict[str, str]
    group: int
    hurry: str
    breakage: str = ""

    def packed(self) -> bytes:
        """Write it in a line."""
        named = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return json.dumps(named).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> "Order":
        """Read such a line."""
        named: dict[str, Any] = json.loads(line)
        return cls(**{**named, "arguments": tuple(named["arguments"])})


class Child:
    """A process that a nursery forked, seen from wherever it was ordered."""

    def __init__(self, address: str, order: Order, streams: tuple[int, int, int]) -> None:
        """Order it; it has begun when this returns."""
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._line.connect(address)
        socket.send_fds(self._line, [order.packed()], list(streams))
        self._said = b""
        self.pid = int(self._word())
        self.status: int | None = None

    def wait(self) -> int:
        """Wait for its end; its status as subprocess has it."""
        if self.status is None:
            self.status = int(self._word())
            self._line.close()
        return self.status

    def poll(self) -> int | None:
        """Give its status if it has ended."""
        if self.status is None:
            with contextlib.suppress(BlockingIOError):
                if self._line.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) or True:
                    return self.wait()
        return self.status

    def kill(self) -> None:
        """Kill it, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)

    def _word(self) -> bytes:
        while b"\n" not in self._said:
            part = self._line.recv(64)
            if not part:
                raise ConnectionError("the nursery is gone")
            self._said += part
        word, _, self._said = self._said.partition(b"\n")
        return word


class _Nursery:
    """Forks what is ordered, and tells how each ended."""

    def __init__(self, address: str) -> None:
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._server.bind(address)
        self._server.listen(32)
        self._deaths, told = socket.socketpair()
        for one in (self._deaths, told):
            one.setblocking(False)  # noqa: FBT003  the library's way
        self._told = told
        self._lines: dict[int, socket.socket] = {}
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)

    def serve(self) -> Order | None:
        """Fork until standard input ends; in what was forked, give its order."""
        with selectors.DefaultSelector() as events:
            for source in (self._server, self._deaths, sys.stdin):
                events.register(source, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in events.select()}
                if self._deaths in ready:
                    self._bury()
                if self._server in ready and (order := self._take()):
                    return order
                if sys.stdin in ready:
                    return None

    def _take(self) -> Order | None:
        line, _ = self._server.accept()
        content, streams, _, _ = socket.recv_fds(line, _MOST, _STREAMS)
        while not content.endswith(b"\n"):
            part = line.recv(_MOST)
            if not part:  # Whoever ordered it was killed meanwhile.
                line.close()
                return None
            content += part
        order = Order.read(content)
        pid = os.fork()
        if pid == 0:
            self._leave(line, streams, order.group)
            return order
        for stream in streams:
            os.close(stream)
        self._lines[pid] = line
        with contextlib.suppress(OSError):
            line.sendall(b"%d\n" % pid)
        return None

    def _leave(self, line: socket.socket, streams: list[int], group: int) -> None:
        """Become a process of its own: a group, streams, nothing of the nursery's."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        try:
            os.setpgid(0, group)
        except OSError:  # All of that group were killed meanwhile.
            os._exit(1)
        for one in (line, self._server, self._deaths, self._told, *self._lines.values()):
            one.close()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)

    def _bury(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._deaths.recv(_MOST):
                pass
        with contextlib.suppress(ChildProcessError):
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                line = self._lines.pop(found[0])
                with contextlib.suppress(OSError):  # Whoever ordered it may be gone as well.
                    line.sendall(b"%d\n" % os.waitstatus_to_exitcode(found[1]))
                line.close()


def _grow_up(order: Order, address: str) -> int:
    """Do what was ordered, in the forked process; its exit code."""
    from crash import forked  # noqa: PLC0415  it reads the program, which is done before forking

    os.environ.clear()
    os.environ.update(order.environment)
    forked.prepare(order, address)
    return forked.run(order)


def main(address: str) -> int:
    """Read the program, say so, and fork."""
    from crash import forked  # noqa: PLC0415  the same

    forked.read_all()
    nursery = _Nursery(address)
    gc.collect()
    gc.freeze()
    Path(f"{address}.ready").touch()
    order = nursery.serve()
    return 0 if order is None else _grow_up(order, address)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
