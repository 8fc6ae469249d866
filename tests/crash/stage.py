"""Where runs take place: a house with a past on SQLite or PostgreSQL, or one that is new."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from psycopg import sql

from crash import scene
from crash.scene import Scene
from servers.postgresql import PostgreSQL

SQLITE = "sqlite"
FIRST_START = "first start"
POSTGRESQL = "postgresql"

_FILE = "sqlite:///casepost.db"
_END_SESSIONS = sql.SQL(
    "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE datname = {}"
)


@dataclass(frozen=True, slots=True)
class Stage:
    """A house that each run copies, and what gives a run the URL of a database of its own."""

    name: str
    scene: Scene
    database: Callable[[], AbstractContextManager[str]]


def on_sqlite(folder: Path, password: str) -> Stage:
    """Give a house that has worked before."""
    return Stage(SQLITE, scene.make(folder, _FILE, password), lambda: nullcontext(_FILE))


def new(folder: Path, password: str) -> Stage:
    """Give a house in which no daemon has run yet: without keys and database."""
    return Stage(FIRST_START, scene.make_new(folder, _FILE, password), lambda: nullcontext(_FILE))


def on_postgresql(folder: Path, password: str, server: PostgreSQL) -> Stage:
    """Give a house that has worked before, with its past in a database of a server."""
    pattern = server.create()
    made = scene.make(folder, server.url(pattern), password)
    # A pattern can be copied by one at a time.
    turn = Lock()

    @contextmanager
    def copy() -> Iterator[str]:
        with turn:
            name = server.create(pattern)
        try:
            yield server.url(name)
        finally:
            server.execute("postgres", _END_SESSIONS.format(name))
            server.drop(name)

    return Stage(POSTGRESQL, made, copy)
