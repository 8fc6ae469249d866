"""What is the same for every house is made once a process: the tables of its database.

A test of the program's way of mails opens a house of its own, and most of its time would go into
running the same migrations as the test before it.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.store import migrate
from gateway.store.database import Database

really_migrate = migrate._migrate  # noqa: SLF001  what `migrate` does between its errors


@contextmanager
def making_once(folder: Path) -> Iterator[None]:
    """Migrate really the first time; a new SQLite file is a copy of that one from then on."""
    made = folder / "casepost.db"

    def _migrate(database: Database) -> None:
        file = Path(database.url.database or "") if database.is_sqlite else None
        if file is None or file.exists() or not file.parent.is_dir():
            really_migrate(database)
            return
        if not made.exists():
            first = Database(f"sqlite:///{made}", folder)
            really_migrate(first)
            first.close()
        shutil.copyfile(made, file)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrate, "_migrate", _migrate)
        yield
