"""The listener's thread: one loop for all sockets, from binding to the last reply."""

import asyncio
import logging
import socket
from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial
from threading import Thread

from gateway.config.settings import Listener
from gateway.errors import Misused
from gateway.listener.disk import Disk
from gateway.listener.lobby import Lobby
from gateway.listener.reception import Reception
from gateway.listener.session import Session, Surroundings
from gateway.listener.tls import server_context

_log = logging.getLogger("casepost.listener")

_BACKLOG = 512
_STARTED_WITHIN = 30.0  # seconds


class ListenerThread:
    """All listeners of a configuration on one thread.

    `sockets` are bound already, as by systemd, in the order of the listeners; those that are left
    over are bound here.
    """

    def __init__(self, reception: Reception, sockets: Sequence[socket.socket] = ()) -> None:
        settings = reception.settings
        self._reception = reception
        self._sockets = tuple(sockets)
        self._hostname = settings.hostname or socket.getfqdn()
        self._listeners = tuple((each, server_context(each)) for each in settings.listener)
        self._ports: Future[tuple[int, ...]] = Future()
        self._patience = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._thread = Thread(target=self._run, name="listener", daemon=True)

    def start(self) -> None:
        """Bind every socket and begin to answer. Raises Misused when one can't be had."""
        self._thread.start()
        self._ports.result(_STARTED_WITHIN)

    @property
    def ports(self) -> tuple[int, ...]:
        """Give the port of each listener, in the order of the configuration."""
        return self._ports.result(_STARTED_WITHIN)

    @property
    def running(self) -> bool:
        """Say whether the thread lives."""
        return self._thread.is_alive()

    def stop(self, seconds: float = 60) -> None:
        """Stop listening; mails that are being received have so many seconds to end well."""
        if self._loop is not None and self._stopping is not None and self.running:
            self._patience = seconds
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as error:  # the thread's end; whoever waits for the start has to know
            if self._ports.done():
                _log.exception("the listener has ended")
            else:
                self._ports.set_exception(error)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        settings = self._reception.settings
        lobby = Lobby(settings)
        disk = Disk(self._reception.folder, settings.limits)
        servers: list[asyncio.Server] = []
        try:
            for number, (listener, tls) in enumerate(self._listeners):
                bound = self._sockets[number] if number < len(self._sockets) else None
                around = Surroundings(
                    self._reception,
                    lobby,
                    disk,
                    self._hostname,
                    lmtp=listener.protocol == "lmtp",
                    tls=tls,
                )
                servers.append(await _listen(listener, around, bound))
            self._ports.set_result(tuple(_port(server) for server in servers))
            await self._stopping.wait()
        finally:
            for server in servers:
                server.close()
        await lobby.close(self._patience)


async def _listen(
    listener: Listener, around: Surroundings, bound: socket.socket | None
) -> asyncio.Server:
    """Listen on one socket. Raises Misused."""
    loop = asyncio.get_running_loop()
    session = partial(Session, around)
    if bound is not None:
        return await loop.create_server(session, sock=bound, backlog=_BACKLOG)
    try:
        return await loop.create_server(session, listener.host, listener.port, backlog=_BACKLOG)
    except OSError as error:
        raise Misused(
            f"can't listen on port {listener.port} of {listener.host}, is it taken? {error}"
        ) from error


def _port(server: asyncio.Server) -> int:
    port: int = server.sockets[0].getsockname()[1]
    return port
