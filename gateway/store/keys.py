"""Secret keys, made at the first start and kept in files that only their owner can read.

Some are a ring: `NAME.1`, `NAME.2` and so on. The one with the highest number signs, and all that
are there verify, so what an old one signed holds until its file is removed.
"""

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from gateway.errors import Misused
from gateway.store.raw import sync_folder

_BYTES = 32
_HIGHEST = 99_999_999

REPLY_ADDRESS = "reply-address"


@dataclass(frozen=True, slots=True)
class Ring:
    """The keys of one name by their ids, and the id of the one that signs."""

    keys: dict[str, bytes] = field(repr=False)
    current: str


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


def load_ring(folder: Path, name: str, random_bytes: Callable[[int], bytes]) -> Ring:
    """Give the keys of a ring, the first one made if there is none yet.

    Raises OSError, and Misused when a file that is there holds no key.
    """
    ids = ring_ids(folder, name) or (1,)
    keys = {str(i): load_or_make(folder, f"{name}.{i}", random_bytes) for i in ids}
    return Ring(keys, str(ids[-1]))


def ring_ids(folder: Path, name: str) -> tuple[int, ...]:
    """Give the ids of the keys of a ring, the one that signs last; none before the first start."""
    found = (path.name.removeprefix(f"{name}.") for path in (folder / "keys").glob(f"{name}.*"))
    numbers = (int(text) for text in found if text.isascii() and text.isdigit() and text[0] != "0")
    return tuple(sorted(number for number in numbers if number <= _HIGHEST))


def rotate(folder: Path, name: str, random_bytes: Callable[[int], bytes]) -> int:
    """Add a key to a ring, which signs from the next start of each process on; give its id.

    Raises OSError.
    """
    new = max(ring_ids(folder, name), default=0) + 1
    load_or_make(folder, f"{name}.{new}", random_bytes)
    return new


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
