"""Secret keys, made at the first start and kept in files that only their owner can read."""

import os
from collections.abc import Callable
from pathlib import Path

_BYTES = 32


def load_or_make(folder: Path, name: str, random_bytes: Callable[[int], bytes]) -> bytes:
    """Give the key `name` of at least 32 bytes, made if there is none yet. Raises OSError."""
    path = folder / "keys" / name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        pass
    fresh = path.with_name(f".{name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(random_bytes(_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        # Whoever links first wins; a half-written key can't be seen by anybody.
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return path.read_bytes()
