"""Free ports of this machine, and waiting until somebody listens on one."""

import socket
import time
from collections.abc import Callable

from gateway.errors import Transient


def free_port() -> int:
    """Give a port of 127.0.0.1 that nobody uses at this moment."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def wait_for_port(port: int, seconds: float, alive: Callable[[], bool]) -> None:
    """Wait until a server greets on a port of 127.0.0.1.

    Raises Transient when it does not within `seconds`, or is not `alive` any more.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and alive():
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as sock:
                if sock.recv(3):
                    return
        except OSError:
            time.sleep(0.02)
    raise Transient(f"nobody answers on port {port}")
