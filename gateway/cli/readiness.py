"""Whether a daemon takes mail here: asked of itself, by the way that mail comes."""

import socket
from collections.abc import Sequence

from gateway.config.settings import Listener, Settings
from gateway.store.books import SourceHealth

_SECONDS = 2.0
_EVERY_HOST = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104  looked up


def is_ready(settings: Settings, sources: Sequence[SourceHealth]) -> bool:
    """Say whether every listener greets; without any, whether a mailbox was ever read."""
    if settings.listener:
        return all(_greets(listener) for listener in settings.listener)
    return any(source.last_success_at is not None for source in sources)


def _greets(listener: Listener) -> bool:
    """Say whether a listener answers with 220 (RFC 5321 section 3.1), and take leave."""
    host = _EVERY_HOST.get(listener.host, listener.host)
    try:
        with socket.create_connection((host, listener.port), _SECONDS) as connection:
            greeting = connection.recv(3)
            connection.sendall(b"QUIT\r\n")
    except OSError:
        return False
    return greeting == b"220"
