"""A dump of a PostgreSQL database by `pg_dump`, and back by `pg_restore`.

What they have to know stands in their environment, so that no password is an argument.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import URL, text

from gateway.backup.contents import Contents
from gateway.backup.contents import contents as contents_of
from gateway.backup.manifest import private
from gateway.errors import Misused, Transient
from gateway.store.database import Database

FILE = "casepost.dump"
_LONGEST_REASON = 300
_VARIABLES = {"host": "PGHOST", "port": "PGPORT", "sslmode": "PGSSLMODE", "service": "PGSERVICE"}


def dump(database: Database, target: Path) -> Contents:
    """Dump a database into a new file, and say what is in the dump.

    Both see one snapshot. Raises Misused where `pg_dump` is not installed, and Transient.
    """
    program = _program("pg_dump", "pg_dump --format=custom --file=casepost.dump")
    with database.reading() as connection:
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        found = contents_of(connection)
        private(target).close()
        options = ["--format=custom", "--no-owner", "--no-privileges"]
        _run([program, *options, f"--snapshot={snapshot}", f"--file={target}"], database.url)
    with target.open("rb") as file:
        os.fsync(file.fileno())
    return found


def load(database: Database, source: Path) -> None:
    """Put a dump into an empty database. Raises Misused and Transient."""
    program = _program("pg_restore", f"pg_restore --no-owner --dbname=... {source}")
    with database.reading() as connection:
        there = connection.dialect.get_table_names(connection)
    if there:
        raise Misused(f"the database {database.url.database} is not empty: name one that is")
    options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    _run([program, *options, f"--dbname={database.url.database}", str(source)], database.url)


def faults(source: Path) -> tuple[str, ...]:
    """Say what is wrong with a dump, as far as its table of contents tells."""
    program = shutil.which("pg_restore")
    if program is None:
        return ()
    try:
        _run([program, "--list", str(source)], None)
    except Transient as error:
        return (f"the dump cannot be read: {error}",)
    return ()


def _program(name: str, command: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Misused(f"{name} is not installed here: run `{command}` where it is")
    return found


def _run(command: list[str], url: URL | None) -> None:
    done = subprocess.run(  # noqa: S603  a program of PostgreSQL's, with words of ours
        command,
        env={**os.environ, **(_environment(url) if url is not None else {})},
        check=False,
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode:
        reason = " ".join(done.stderr.split())[-_LONGEST_REASON:]
        raise Transient(f"{Path(command[0]).name} failed: {reason}")


def _environment(url: URL) -> Mapping[str, str]:
    """Give what libpq reads from its environment (PostgreSQL, "Environment Variables")."""
    given = {
        "PGHOST": url.host,
        "PGPORT": str(url.port) if url.port else None,
        "PGUSER": url.username,
        "PGPASSWORD": str(url.password) if url.password else None,
        "PGDATABASE": url.database,
    }
    given |= {
        _VARIABLES[name]: str(value) for name, value in url.query.items() if name in _VARIABLES
    }
    return {name: value for name, value in given.items() if value}
