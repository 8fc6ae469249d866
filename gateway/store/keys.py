"""Secret keys, made at the first start and kept in files that only their owner can read.

Some are a ring: `NAME.1`, `NAME.2` and so on. The one with the highest number signs, and all that
are there verify, so what an old one signed holds until its file is removed.
"""

import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from gateway.errors import Misused
from gateway.failpoint import reached
from gateway.store.large_folder import sync_folder

_BYTES = 32
_KEY_ID = re.compile(r"[1-9][0-9]{0,7}")

REPLY_ADDRESS = "reply-address"
FILES = "files"
GRANTS = "grants"


class Ring(Mapping[str, bytes]):
    """The keys of one name by their ids; `current` is the id of the one that signs.

    A key that was added since is found when it is asked for, so that whoever signs with it, a
    process that started later, is understood by all.
    """

    def __init__(self, folder: Path, name: str, ids: Sequence[int]) -> None:
        """Read these keys. Raises OSError, and Misused when a file holds no key."""
        self._folder, self._name = folder, name
        self._keys = {str(i): read(key_file(folder, f"{name}.{i}")) for i in ids}
        self.current = str(ids[-1])

    def __getitem__(self, key_id: str) -> bytes:
        """Give a key by its id. Raises KeyError."""
        if key_id not in self._keys:
            self._keys[key_id] = self._later(key_id)
        return self._keys[key_id]

    def __iter__(self) -> Iterator[str]:
        """Go through the ids."""
        return iter(self._keys)

    def __len__(self) -> int:
        """Count the keys."""
        return len(self._keys)

    def _later(self, key_id: str) -> bytes:
        if _KEY_ID.fullmatch(key_id) is None:
            raise KeyError(key_id)
        try:
            return read(key_file(self._folder, f"{self._name}.{key_id}"))
        except (OSError, Misused):
            raise KeyError(key_id) from None


def load_or_make(folder: Path, name: str, random_bytes: Callable[[int], bytes]) -> bytes:
    """Give the key `name` of at least 32 bytes, made if there is none yet.

    Raises OSError, and Misused when the file that is there holds no key.
    """
    path = key_file(folder, name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        _make(path, random_bytes(_BYTES))
    return read(path)


def read(path: Path) -> bytes:
    """Give the key in a file. Raises OSError, and Misused when it holds none."""
    key = path.read_bytes()
    if len(key) < _BYTES:
        raise Misused(f"{path} holds no key; restore it, or remove it for a new one")
    return key


def key_file(folder: Path, name: str) -> Path:
    """Give the file that a key stands in."""
    return folder / "keys" / name


def load_ring(folder: Path, name: str, random_bytes: Callable[[int], bytes]) -> Ring:
    """Give the keys of a ring, the first one made if there is none yet.

    Raises OSError, and Misused when a file that is there holds no key.
    """
    if not ring_ids(folder, name):
        load_or_make(folder, f"{name}.1", random_bytes)
    return Ring(folder, name, ring_ids(folder, name))


def ring_ids(folder: Path, name: str) -> tuple[int, ...]:
    """Give the ids of the keys of a ring, the one that signs last; none before the first start."""
    found = (path.name.removeprefix(f"{name}.") for path in (folder / "keys").glob(f"{name}.*"))
    return tuple(sorted(int(text) for text in found if _KEY_ID.fullmatch(text)))


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
        reached("keys.written")
        os.link(fresh, path)
        reached("keys.named")
    except FileExistsError:
        pass
    finally:
        Path(fresh).unlink()
    sync_folder(path.parent)
