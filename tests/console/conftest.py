"""A house with a console: one for each test, or one for all that are about users alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import delete

from gateway.console import passwords
from gateway.store.schema import audit, sessions, sign_in_failures, users
from lib.workbench import Workbench, workbench

_LIGHT = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A house of two desks, with an empty SQLite database."""
    with workbench(tmp_path, "sqlite:///casepost.db") as opened:
        yield opened


@pytest.fixture(scope="session")
def _one_bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    with workbench(tmp_path_factory.mktemp("console"), "sqlite:///casepost.db") as opened:
        yield opened


@pytest.fixture
def users_bench(_one_bench: Workbench) -> Workbench:
    """A house without users, for tests that change nothing but them: to open one takes longest."""
    with _one_bench.house.database.writing(durable=False) as connection:
        for table in (sessions, sign_in_failures, audit, users):
            connection.execute(delete(table))
    return Workbench(_one_bench.house)


@pytest.fixture(autouse=True)
def _light_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What takes so long on purpose would take most of the time of these tests."""
    monkeypatch.setattr(passwords, "_HASHER", _LIGHT)
    passwords._nobodys.cache_clear()  # noqa: SLF001  made by the other one
    yield
    passwords._nobodys.cache_clear()  # noqa: SLF001  made by this one
