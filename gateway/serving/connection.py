"""One connection of a browser, with bounds on its time that uvicorn does not have.

A client has so long to send a request, so long to take what is waiting for it, and so long in all;
then the connection is cut, so that nobody keeps places that others need. Where all places are taken
whoever has been asking for nothing the longest makes room.
"""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from gateway.serving.headers import LEAST

REQUEST_SECONDS = 10.0
STALL_SECONDS = 30.0
WHOLE_SECONDS = 900.0
MOST_CONNECTIONS = 100


class Connection(H11Protocol):
    """uvicorn's own, with a deadline for whatever the client has to do next."""

    _asking: asyncio.TimerHandle | None = None
    _taking: asyncio.TimerHandle | None = None
    _end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, unless all that there may be at once wait for their answers."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS and not self._has_room():
            transport.abort()
            return
        self._end = self.loop.call_later(WHOLE_SECONDS, transport.abort)
        self._asking = self.loop.call_later(REQUEST_SECONDS, transport.abort)

    def _has_room(self) -> bool:
        """Cut off whoever has waited the longest without a whole request; say whether one did."""
        others = (one for one in self.connections if isinstance(one, Connection))
        idle = [one for one in others if one is not self and one.idle_until is not None]
        if not idle:
            return False
        longest = min(idle, key=lambda one: one.idle_until or 0.0)
        # Gone from there at once: more may come before the loop takes notice of its end.
        self.connections.discard(longest)
        longest.transport.abort()
        return True

    @property
    def idle_until(self) -> float | None:
        """Give when a client has to have sent a request, by the loop; None once it has."""
        cycle: RequestResponseCycle | None = self.cycle
        if self._asking is None or (cycle and not (cycle.more_body or cycle.response_complete)):
            return None
        return self._asking.when()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        super().connection_lost(exc)
        for timer in (self._asking, self._taking, self._end):
            _cancel(timer)

    def data_received(self, data: bytes) -> None:
        """Read; a request that is whole is waited for no longer."""
        super().data_received(data)
        cycle: RequestResponseCycle | None = self.cycle
        if cycle and not (cycle.more_body or cycle.response_complete):
            _cancel(self._asking)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request, with what stands in every answer.

        A request that is answered already, or is being answered, gets no second answer.
        """
        cycle: RequestResponseCycle | None = self.cycle
        ended = cycle is not None and cycle.response_complete and not cycle.more_body
        if cycle is None or ended or not cycle.response_started:
            self.transport.write(_refusal(f"{msg}\n".encode()))
        self.transport.close()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        if not self.transport.is_closing():
            _cancel(self._asking)
            self._asking = self.loop.call_later(REQUEST_SECONDS, self.transport.abort)

    def pause_writing(self) -> None:
        """Wait for the client to take what there is for it."""
        self.flow.pause_writing()
        _cancel(self._taking)
        self._taking = self.loop.call_later(STALL_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on."""
        self.flow.resume_writing()
        _cancel(self._taking)


def _refusal(said: bytes) -> bytes:
    fields = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(said)).encode()),
        (b"connection", b"close"),
        *LEAST,
    ]
    head = b"".join(b"%s: %s\r\n" % field for field in fields)
    return b"HTTP/1.1 400 Bad Request\r\n" + head + b"\r\n" + said


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
