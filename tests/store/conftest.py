"""A workbench on each kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.workbench import Workbench, workbench


@pytest.fixture
def bench(tmp_path: Path, house_url: str) -> Iterator[Workbench]:
    """A house with an empty database."""
    with workbench(tmp_path, house_url) as opened:
        yield opened
