"""Telling a source's thread to stop, wherever it waits: for time, or for bytes on a socket."""

import contextlib
import socket
from threading import Event


class Stop:
    """An event that `select` can see, too; once set it stays so."""

    def __init__(self) -> None:
        """Start as not set."""
        self._event = Event()
        self.socket, self._writer = socket.socketpair()

    def set(self) -> None:
        """Wake everybody who waits for this."""
        if not self._event.is_set():
            self._event.set()
            # Closed if whoever waited has ended by itself meanwhile.
            with contextlib.suppress(OSError):
                self._writer.send(b"!")

    def is_set(self) -> bool:
        """Say whether it was set."""
        return self._event.is_set()

    def wait(self, seconds: float) -> None:
        """Wait that long, or until it is set."""
        self._event.wait(seconds)

    def close(self) -> None:
        """Give the sockets back, when nobody waits any more."""
        self.socket.close()
        self._writer.close()
