"""A server's thread: one loop, from binding its socket to the last answer."""

import logging
import socket
from threading import Event, Thread

import uvicorn
from starlette.types import ASGIApp

from gateway.errors import Misused
from gateway.serving.connection import Connection
from gateway.serving.framing import LONGEST_HEAD, framed
from gateway.serving.headers import LEAST, with_headers

_log = logging.getLogger("casepost.web")

_BACKLOG = 128
_STARTED_WITHIN = 30.0  # seconds


class ServingThread:
    """Serves an application at an address, on a thread of its own; `name` is for the log."""

    def __init__(self, name: str, host: str, port: int, application: ASGIApp) -> None:
        """Prepare; nothing listens yet. Port 0 takes any free port."""
        self.name = name
        self._address = (host, port)
        config = uvicorn.Config(
            with_headers(framed(application), LEAST),
            http=Connection,
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            backlog=_BACKLOG,
            h11_max_incomplete_event_size=LONGEST_HEAD,
        )
        self._config = config
        self._server = _Server(config)
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._socket: socket.socket | None = None

    def start(self) -> None:
        """Bind the socket and begin to answer. Raises Misused when it can't be had."""
        self._socket = _bound(*self._address)
        self._thread.start()
        if not self._server.ready.wait(_STARTED_WITHIN) or not self.running:
            raise Misused(f"the {self.name} server does not start; the log says why")

    @property
    def port(self) -> int:
        """Give the port that it listens on."""
        if self._socket is None:
            raise Misused(f"the {self.name} server has not started")
        port: int = self._socket.getsockname()[1]
        return port

    @property
    def connections(self) -> int:
        """Count the connections that are open."""
        return len(self._server.server_state.connections)

    @property
    def running(self) -> bool:
        """Say whether the thread lives."""
        return self._thread.is_alive()

    def stop(self, timeout: float) -> None:
        """Stop listening; answers that are being sent have so many seconds to end well."""
        self._config.timeout_graceful_shutdown = max(int(timeout), 1)
        self._server.should_exit = True
        if self.running:
            self._thread.join(timeout + 5)
        if self._socket is not None:
            self._socket.close()

    def _run(self) -> None:
        try:
            self._server.run([self._socket] if self._socket else None)
        except Exception:  # the thread's end; whoever waits for the start has to know
            _log.exception("the %s server has ended", self.name)
        finally:
            self._server.ready.set()


class _Server(uvicorn.Server):
    """uvicorn's own, which says when it answers."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


def _bound(host: str, port: int) -> socket.socket:
    """Bind the one socket. Raises Misused."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = found[0]
        bound = socket.socket(family, kind, protocol)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind(address)
            bound.listen(_BACKLOG)
        except OSError:
            bound.close()
            raise
    except OSError as error:
        raise Misused(
            f"can't serve pages on port {port} of {host}, is it taken? {error}"
        ) from error
    return bound
