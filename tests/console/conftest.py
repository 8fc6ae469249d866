"""A house with a console for each test of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.workbench import Workbench, workbench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A house of two desks, with an empty SQLite database."""
    with workbench(tmp_path, "sqlite:///casepost.db") as opened:
        yield opened
