"""Keys are made once, whoever comes first."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from gateway.errors import Misused
from gateway.store import keys


def test_a_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    """Later starts find the same."""
    first = keys.load_or_make(tmp_path, "message-id", os.urandom)

    assert first == keys.load_or_make(tmp_path, "message-id", os.urandom)
    assert first != keys.load_or_make(tmp_path, "another", os.urandom)
    assert 32 == len(first)
    path = tmp_path / "keys" / "message-id"
    assert (0o600, 0o700) == tuple(stat.S_IMODE(p.stat().st_mode) for p in (path, path.parent))


def test_makers_at_once_agree_on_one_key(tmp_path: Path) -> None:
    """Each has made its own before it sees another's; nothing else stays in the folder."""
    all_made = Barrier(8)

    def random_bytes(count: int) -> bytes:
        all_made.wait()
        return os.urandom(count)

    with ThreadPoolExecutor(8) as threads:
        futures = [
            threads.submit(keys.load_or_make, tmp_path, "message-id", random_bytes)
            for _ in range(8)
        ]
        made = {future.result() for future in futures}

    assert {(tmp_path / "keys" / "message-id").read_bytes()} == made
    assert ["message-id"] == [path.name for path in (tmp_path / "keys").iterdir()]


def test_a_file_that_holds_no_key_is_refused(tmp_path: Path) -> None:
    """An empty key would let anybody make our Message-IDs."""
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "message-id").write_bytes(b"")

    with pytest.raises(Misused, match="message-id holds no key"):
        keys.load_or_make(tmp_path, "message-id", os.urandom)
