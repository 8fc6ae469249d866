"""A connection's bytes: what has come in and nobody has read yet, waiting for more, TLS under it.

asyncio's streams do the same in five times the time. One task reads; what comes in lands in a
buffer that all connections of a loop share, so that a connection that is quiet takes no memory.
"""

import asyncio
from asyncio import BufferedProtocol
from ssl import SSLContext

_MOST_AHEAD = 64 * 1024
_HANDSHAKE = 30.0  # seconds


class Landing:
    """Where a loop's connections receive, one at a time."""

    def __init__(self, size: int = 256 * 1024) -> None:
        self.buffer = memoryview(bytearray(size))


class Wire(BufferedProtocol):
    """Reads and writes for the one task that has the dialog. Raises OSError when it has ended."""

    transport: asyncio.Transport

    def __init__(self, landing: Landing) -> None:
        self._landing = landing.buffer
        self.loop = asyncio.get_running_loop()
        # Read and not used up: from `_at` on.
        self._read = b""
        self._at = 0
        self._ended = False
        self._stopped = False
        self._more: asyncio.Future[None] | None = None
        self._room: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  a socket's is one
        self.transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        """End; nobody waits any more."""
        del error
        self._ended = True
        self._wake()
        self.resume_writing()

    def get_buffer(self, sizehint: int) -> memoryview:
        """Say where to receive."""
        del sizehint
        return self._landing

    def buffer_updated(self, nbytes: int) -> None:
        """Keep what was received, and not much of what nobody waits for."""
        self._read = self._read[self._at :] + self._landing[:nbytes]
        self._at = 0
        if self._more is not None:
            self._wake()
        elif len(self._read) > _MOST_AHEAD and not self._stopped:
            self._stopped = True
            self.transport.pause_reading()

    def eof_received(self) -> bool:
        """Go on with what was sent: a client may close its side and still wait for the reply."""
        self._ended = True
        self._wake()
        # What goes over TLS ends with it.
        return self.transport.get_extra_info("ssl_object") is None

    def pause_writing(self) -> None:
        """Let who writes wait from now on."""
        self._room = self._room or self.loop.create_future()

    def resume_writing(self) -> None:
        """Let who writes go on."""
        room, self._room = self._room, None
        if room is not None and not room.done():
            room.set_result(None)

    def give_up_waiting(self, error: Exception) -> None:
        """Raise this where the task waits for more, if it does."""
        more, self._more = self._more, None
        if more is not None and not more.done():
            more.set_exception(error)

    def take_line(self, longest: int) -> bytes | None:
        """Take what was read up to a line end; None if there is none within that many bytes."""
        end = self._read.find(b"\n", self._at, self._at + longest + 1) + 1
        return self._take(end) if end else None

    def take(self) -> bytes:
        """Take all that was read."""
        return self._take(len(self._read))

    def give_back(self, rest: bytes) -> None:
        """Put back what belongs to somebody else, who reads next."""
        self._read, self._at = rest + self._read[self._at :], 0

    @property
    def ahead(self) -> int:
        """How many bytes were read and not taken."""
        return len(self._read) - self._at

    async def more(self) -> bool:
        """Wait for more than was read so far; False if nothing more comes."""
        if self._ended:
            return False
        if self._stopped:
            self._stopped = False
            self.transport.resume_reading()
        self._more = self.loop.create_future()
        try:
            await self._more
        finally:
            self._more = None
        return self.ahead > 0

    async def written(self, seconds: float) -> None:
        """Wait until the other side has read most of what was written. Raises TimeoutError."""
        if self._room is not None:
            async with asyncio.timeout(seconds):
                await self._room

    async def encrypt(self, context: SSLContext) -> None:
        """Put TLS under it; nothing that was sent before counts. Raises OSError."""
        self._read, self._at, self._stopped = b"", 0, False
        encrypted = await self.loop.start_tls(
            self.transport, self, context, server_side=True, ssl_handshake_timeout=_HANDSHAKE
        )
        if encrypted is None:
            raise ConnectionResetError
        self.transport = encrypted

    def _take(self, end: int) -> bytes:
        whole = self._at == 0 and end == len(self._read)
        taken = self._read if whole else self._read[self._at : end]
        if end == len(self._read):
            self._read, self._at = b"", 0
        else:
            self._at = end
        return taken

    def _wake(self) -> None:
        more, self._more = self._more, None
        if more is not None and not more.done():
            more.set_result(None)
