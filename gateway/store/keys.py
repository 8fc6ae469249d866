"""Secret keys, made at the first start and kept in files that only their owner can read."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from gateway.errors import Misused
from gateway.store.raw import sync_folder

_BYTES = 32


def load_or_make(folder: Path, name: str, random_bytes: Callable[[int], bytes]) -> bytes:
    """Give the key `name` of at least 32 bytes, made if there is none yet.

    Raises OSError, and Misused when the file that is there holds no key.
    """
    path = folder / "keys" / name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        _make(path, random_bytes(_BYTES))
    key = path.read_bytes()
    if len(key) < _BYTES:
        raise Misused(f"{path} holds no key; restore it, or remove it for a new one")
    return key


def _make(path: Path, key: bytes) -> None:
    """Write a key, unless somebody else was faster; half a key can't be seen by anybody."""
    descriptor, fresh = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        Path(fresh).unlink()
    sync_folder(path.parent)
