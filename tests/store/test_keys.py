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


def test_a_ring_signs_with_its_newest_key_and_has_all(tmp_path: Path) -> None:
    """The first is made; what has no number for its name is no key of the ring."""
    first = keys.load_ring(tmp_path, "ring", os.urandom)
    (tmp_path / "keys" / "ring.old").write_bytes(os.urandom(32))
    (tmp_path / "keys" / "ring.007").write_bytes(os.urandom(32))
    assert [2, 3] == [keys.rotate(tmp_path, "ring", os.urandom) for _ in range(2)]
    second = keys.load_ring(tmp_path, "ring", os.urandom)

    assert ("1", ["1"]) == (first.current, list(first))
    assert ("3", ["1", "2", "3"], 3) == (second.current, list(second), len(second))
    assert first["1"] == second["1"]


def test_a_key_that_came_later_verifies_at_once(tmp_path: Path) -> None:
    """A process that started later signs with it; nothing else is a key, whatever is asked for."""
    ring = keys.load_ring(tmp_path, "ring", os.urandom)
    keys.rotate(tmp_path, "ring", os.urandom)
    (tmp_path / "keys" / "ring.3").write_bytes(b"")

    assert (tmp_path / "keys" / "ring.2").read_bytes() == ring["2"]
    assert [None, None, None] == [ring.get(name) for name in ("3", "4", "../message-id")]
    assert "1" == ring.current


def test_a_file_of_a_ring_that_holds_no_key_is_refused(tmp_path: Path) -> None:
    """As any other."""
    keys.rotate(tmp_path, "ring", os.urandom)
    (tmp_path / "keys" / "ring.2").write_bytes(b"short")

    with pytest.raises(Misused, match=r"ring\.2 holds no key"):
        keys.load_ring(tmp_path, "ring", os.urandom)
