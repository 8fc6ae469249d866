"""The command line in this process, and a house to copy, on each kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.cli import execute
from lib.commands import Casepost, Ended
from lib.workbench import Workbench, workbench


@pytest.fixture
def casepost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Casepost:
    """Run a command in the test's folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str | Path) -> Ended:
        capsys.readouterr()
        code = execute([str(argument) for argument in arguments])
        return Ended(code, *capsys.readouterr())

    return run


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A house on SQLite; its configuration is `house/casepost.toml`."""
    with workbench(tmp_path, "sqlite:///casepost.db") as opened:
        yield opened
