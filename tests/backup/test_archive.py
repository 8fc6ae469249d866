"""A packed backup that is damaged is said to be none, however it was compressed."""

import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.backup import archive
from gateway.errors import Misused


@pytest.mark.parametrize("compress", [bytes, gzip.compress, lzma.compress])
def test_half_of_one_is_no_backup(tmp_path: Path, compress: Callable[[bytes], bytes]) -> None:
    """And nothing of it is left beside it."""
    whole, half = tmp_path / "whole.tar", tmp_path / "half"
    with archive.packed(whole) as folder:
        folder.mkdir()
        (folder / "manifest.json").write_bytes(bytes(range(256)) * 1000)
    packed = compress(whole.read_bytes())
    half.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(Misused, match="is no backup"), archive.unpacked(half):
        pass
    assert {whole, half} == set(tmp_path.iterdir())
