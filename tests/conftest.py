"""Fixtures for every test: real databases, a real mail server, certificates."""

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from gateway.store.database import Database
from gateway.store.migrate import migrate
from lib import once
from servers import certificates, dovecot, postgresql
from servers.tabled import Tabled

# A shared machine is slow at times, which is no finding; in CI the same examples run each time.
hypothesis.settings.register_profile("default", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)


_OF_THE_STORE = frozenset({"store", "unit"})


def _is_long(item: pytest.Item) -> bool:
    return item.get_closest_marker("timeout") is not None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need Dovecot or a browser, so that `-m "not dovecot"` leaves them out.

    What goes the whole way is the same on either database but for what the store's own tests show,
    so once more on PostgreSQL it goes in `make thorough`. Those of the whole program take longest,
    and those that say how long they may: begun first, they leave no core idle in the end.
    """
    items.sort(key=lambda item: not ("whole" in item.path.parts or _is_long(item)))
    for item in items:
        if {"dovecot_server", "own_dovecot"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.dovecot)
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.thorough)
        callspec = getattr(item, "callspec", None)
        on_postgresql = callspec is not None and "postgresql" in callspec.params.values()
        if on_postgresql and not _OF_THE_STORE.intersection(item.path.parts):
            item.add_marker(pytest.mark.thorough)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One process for every two cores more than there are cores: many tests wait for a server."""
    cores = os.cpu_count() or 1
    return cores + max(1, cores // 2)


@pytest.fixture(scope="session", autouse=True)
def _making_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Houses that are opened quickly."""
    with once.making_once(tmp_path_factory.mktemp("tables")):
        yield


@pytest.fixture(scope="session", autouse=True)
def _coverage_of_processes() -> dict[str, str]:
    """What makes coverage begin in the processes that we start, taken out of the environment.

    To start under a tracer takes half as long again, and what is killed reports nothing.
    """
    names = [name for name in os.environ if name.startswith("COVERAGE_PROCESS_")]
    return {name: os.environ.pop(name) for name in names}


@pytest.fixture
def measured_processes(
    _coverage_of_processes: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The coverage of the processes that this test starts counts, too."""
    for name, value in _coverage_of_processes.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.PostgreSQL]:
    """A PostgreSQL server for all tests of this process."""
    with postgresql.running() as server:
        yield server


@pytest.fixture
def postgresql_url(postgresql_server: postgresql.PostgreSQL) -> Iterator[str]:
    """SQLAlchemy's URL of an empty PostgreSQL database, this test's own."""
    with postgresql_server.database() as name:
        yield postgresql_server.url(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """SQLAlchemy's URL of an empty database: the test runs once on each kind that we support."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'casepost.db'}"
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture(scope="session")
def tabled(
    postgresql_server: postgresql.PostgreSQL, tmp_path_factory: pytest.TempPathFactory
) -> Tabled:
    """The PostgreSQL databases with all tables of this process."""

    def make_tables(name: str) -> None:
        database = Database(postgresql_server.url(name), tmp_path_factory.mktemp("tables"))
        migrate(database)
        database.close()

    return Tabled(postgresql_server, make_tables)


@pytest.fixture
def postgresql_house_url(tabled: Tabled) -> Iterator[str]:
    """SQLAlchemy's URL of a PostgreSQL database for a house: all tables, and no row in them."""
    with tabled.database() as name:
        yield tabled.server.url(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def house_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """SQLAlchemy's URL of a database for a house, of each kind; on SQLite `migrate` makes it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'casepost.db'}"
    url: str = request.getfixturevalue("postgresql_house_url")
    return url


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> certificates.Certificate:
    """A certificate for localhost, 127.0.0.1 and ::1, with the authority that vouches for it."""
    folder = tmp_path_factory.mktemp("certificate")
    return certificates.issue(folder, "localhost", "127.0.0.1", "::1")


@pytest.fixture(scope="session")
def dovecot_server(certificate: certificates.Certificate) -> Iterator[dovecot.Dovecot]:
    """A Dovecot for all tests of this process; a test takes its own user with `new_user()`."""
    dovecot.require()
    with dovecot.running(certificate) as server:
        yield server


@pytest.fixture
def own_dovecot(certificate: certificates.Certificate) -> Iterator[dovecot.Dovecot]:
    """A Dovecot for one test, which may stop, freeze and restart it."""
    dovecot.require()
    with dovecot.running(certificate) as server:
        yield server
