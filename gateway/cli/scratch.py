"""Folders for houses that live for one conversation."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MEMORY = "/dev/shm"  # noqa: S108  a name in it is made by tempfile


@contextmanager
def scratch() -> Iterator[Path]:
    """Give an empty folder for a while; in memory where that can be had, as nothing in it lasts."""
    where = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="casepost-", dir=where) as folder:
        yield Path(folder)
