"""A daemon's tables are made by a process that ends: what that needs is in nobody's memory."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from gateway.errors import Misused
from gateway.store.database import Database
from gateway.store.migrate_apart import migrate_apart
from gateway.store.revision import is_current

_MIGRATED_HERE = """
import sys
from pathlib import Path
from gateway.store.database import Database
from gateway.store.migrate_apart import migrate_apart
from gateway.store.revision import is_current
database = Database("sqlite:///casepost.db", Path(sys.argv[1]))
assert not is_current(database)
migrate_apart(database)
print(is_current(database), "alembic" in sys.modules)
"""


def test_the_tables_are_made_and_the_tools_are_gone(tmp_path: Path) -> None:
    """Afterwards the database is current, and this process has never loaded Alembic."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", _MIGRATED_HERE, tmp_path],
        check=True,
        capture_output=True,
        text=True,
    )
    assert "True False\n" == done.stdout


def test_what_is_wrong_is_raised_here(tmp_path: Path) -> None:
    """A database of a newer version is refused with its reason, as if it were done here."""
    database = Database("sqlite:///casepost.db", tmp_path)
    migrate_apart(database)
    with closing(sqlite3.connect(tmp_path / "casepost.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    assert not is_current(database)
    with pytest.raises(Misused, match="a newer one"):
        migrate_apart(database)
    database.close()
