"""How a worker gets its configuration: from its supervisor, over its standard input.

A worker that read the files itself would follow other rules than the daemon that started it as
soon as somebody edits one, and would not start at all while one is broken. On the pipe stand the
length (8 bytes, the highest first), then the pickled configuration, then wake-ups.
"""

import os
import pickle

from gateway.config.load import Configuration

_LENGTH = 8


def packed(configuration: Configuration) -> bytes:
    """Give what the supervisor writes."""
    content = pickle.dumps(configuration)
    return len(content).to_bytes(_LENGTH, "big") + content


def receive(pipe: int) -> Configuration | None:
    """Read it from a file descriptor, and no byte more; None if the supervisor is gone."""
    length = _exactly(pipe, _LENGTH)
    content = _exactly(pipe, int.from_bytes(length, "big"))
    if not content:
        return None
    configuration = pickle.loads(content)  # noqa: S301  see the import
    if not isinstance(configuration, Configuration):
        raise TypeError(f"the supervisor sent a {type(configuration).__name__}")
    return configuration


def _exactly(pipe: int, size: int) -> bytes:
    """Read that many bytes, none if the pipe ends; unbuffered, since `select` watches the rest."""
    content = bytearray()
    while len(content) < size:
        part = os.read(pipe, size - len(content))
        if not part:
            return b""
        content += part
    return bytes(content)
