"""A workbench, on each kind of database where that makes a difference."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.workbench import Workbench, workbench


@pytest.fixture
def bench(tmp_path: Path, house_url: str) -> Iterator[Workbench]:
    """A house with an empty database."""
    with workbench(tmp_path, house_url) as opened:
        yield opened


# What these show rests on the database; what the others show is policy on top of it.
_ON_BOTH = frozenset(
    {
        *("test_agenda", "test_defects", "test_floods"),
        *("test_intake", "test_replanning", "test_threading"),
    }
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the other modules on SQLite alone."""
    here = Path(__file__).parent
    items[:] = [
        item
        for item in items
        if "[postgresql" not in item.name or item.path.parent != here or item.path.stem in _ON_BOTH
    ]
