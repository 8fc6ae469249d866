"""How a worker gets its orders: from its supervisor, over its standard input.

A worker that read the files itself would follow other rules than the daemon that started it as
soon as somebody edits one, and would not start at all while one is broken. On the pipe stand the
length (8 bytes, the highest first), then the pickled orders, then wake-ups.
"""

import os
import pickle
from dataclasses import dataclass

from gateway.config.load import Configuration
from gateway.templates import Templates

GUARDED = "--guarded"
"""The argument by which a supervisor asks for a guarded worker."""
_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Orders:
    """What a worker follows: the configuration that is in force, and the templates."""

    configuration: Configuration
    templates: Templates


def packed(orders: Orders) -> bytes:
    """Give what the supervisor writes."""
    content = pickle.dumps(orders)
    return len(content).to_bytes(_LENGTH, "big") + content


def receive(pipe: int) -> Orders | None:
    """Read it from a file descriptor, and no byte more; None if the supervisor is gone."""
    length = _exactly(pipe, _LENGTH)
    content = _exactly(pipe, int.from_bytes(length, "big"))
    if not content:
        return None
    orders = pickle.loads(content)  # noqa: S301  what our own supervisor wrote
    if not isinstance(orders, Orders):
        raise TypeError(f"the supervisor sent a {type(orders).__name__}")
    return orders


def _exactly(pipe: int, size: int) -> bytes:
    """Read that many bytes, none if the pipe ends; unbuffered, since `select` watches the rest."""
    content = bytearray()
    while len(content) < size:
        part = os.read(pipe, size - len(content))
        if not part:
            return b""
        content += part
    return bytes(content)
