"""A manifest is taken as it was written, or not at all."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.backup import manifest
from gateway.backup.manifest import Kept, Manifest
from gateway.errors import Misused

MADE = Manifest(
    made_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
    version="1.0",
    revision="0007",
    kind="sqlite",
    name="casepost.db",
    rows={"spool": 3},
    files={"keys/node": Kept(3, "a" * 64)},
    large=0,
    large_bytes=0,
    has_large=True,
    left_out=("dkim.pem",),
)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    """With the types that it had."""
    manifest.write(tmp_path, MADE)
    assert MADE == manifest.read(tmp_path)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("kind", 1),
        ("name", None),
        ("rows", {"spool": "3"}),
        ("rows", ["spool"]),
        ("files", {"keys/node": {"size": "3", "sha256": "a"}}),
        ("files", {"keys/node": {"size": 3, "sha256": None}}),
        ("large", 0.5),
        ("has_large", "no"),
        ("left_out", [1]),
        ("made_at", 7),
    ],
)
def test_a_value_of_another_type_is_refused(tmp_path: Path, key: str, value: object) -> None:
    """In words, before anything rests on it."""
    manifest.write(tmp_path, MADE)
    path = tmp_path / manifest.FILE
    path.write_text(json.dumps({**json.loads(path.read_text()), key: value}))
    with pytest.raises(Misused, match="cannot be read as a manifest"):
        manifest.read(tmp_path)
