"""A house in which a person has left traces of all kinds, and the command line beside it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.cli import execute
from lib.commands import Casepost, Ended
from lib.traces import Traces, traces
from lib.workbench import Workbench, workbench


@pytest.fixture
def casepost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Casepost:
    """Run a command in the test's folder, on the house there."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str | Path) -> Ended:
        capsys.readouterr()
        config = ("--config", "house/casepost.toml")
        code = execute([*(str(argument) for argument in arguments), *config])
        return Ended(code, *capsys.readouterr())

    return run


@pytest.fixture
def left(tmp_path: Path, house_url: str) -> Iterator[Traces]:
    """What Jan left, on either database."""
    with traces(tmp_path, house_url) as made:
        yield made


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A house on SQLite."""
    with workbench(tmp_path, "sqlite:///casepost.db") as opened:
        yield opened
