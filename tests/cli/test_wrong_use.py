"""Wrong use ends with exit code 2 and one clear sentence, whatever is wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import gateway
from gateway.cli.owner import require_owner
from gateway.errors import Misused
from gateway.roles import Role, roles_of
from gateway.store.database import Database
from gateway.store.revision import require_present
from lib.commands import Casepost
from lib.workbench import Workbench, write_house

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ("--config", "house/casepost.toml")
GROUPS = ("held list", "held show", "failed list", "failed show", "failed retry")
COMMANDS = (
    "run",
    "demo",
    "check",
    "simulate",
    "explain",
    "tickets",
    "show",
    "report",
    "status",
    "bench",
)
WRONG = [
    ((), "Missing command"),
    (("tickest",), "No such command 'tickest'. Did you mean 'tickets'"),
    (("tickets", "--jason"), "No such option: --jason"),
    (("tickets", "more"), "Got unexpected extra argument"),
    (("show", *CONFIG), "Missing argument 'NUMBER'"),
    (("simulate", *CONFIG), "Missing argument 'FILE...'"),
    (("simulate", "no.toml", *CONFIG), "no.toml: there is no such file"),
    (("simulate", "a", "b", "--database", "sqlite:///x", *CONFIG), "it serves one conversation"),
    (("explain", *CONFIG), "explain needs FILE... or --mail ID, one of the two"),
    (("explain", "a.eml", "--mail", "1", *CONFIG), "explain needs FILE... or --mail ID"),
    (("explain", "--mail", "one", *CONFIG), "'--mail': Input should be a valid integer"),
    (("explain", "a.eml", "--desk", "noth", *CONFIG), 'no desk "noth"; did you mean "north"?'),
    (("run", "--only", "listener, wroker", *CONFIG), "there is no role 'wroker'; roles are"),
    (("failed", "retry", *CONFIG), "Missing argument 'ID...'"),
    (("failed", "retry", "1", *CONFIG), "there is no database yet at"),
    (("held", "list", *CONFIG), "there is no database yet at"),
    (("held",), "Missing command"),
    (("tickets",), "config/casepost.toml: there is no such file"),
    (("tickets", "--config", "."), "cannot be read: Is a directory"),
    (("check", "--config", "no.toml"), "no.toml: there is no such file"),
    (("tickets", *CONFIG), "there is no database yet at"),
    (("show", "NO-00013", *CONFIG), "start `casepost run` first"),
    (("status", "--json", *CONFIG), "there is no database yet at"),
    (("explain", "--mail", "1", *CONFIG), "there is no database yet at"),
]


@pytest.mark.parametrize(("arguments", "sentence"), WRONG)
def test_wrong_use_gets_a_sentence(
    casepost: Casepost, tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    """It stands alone on standard error, nothing is made, and nobody sees a traceback."""
    write_house(tmp_path / "house", "sqlite:///casepost.db")
    ended = casepost(*arguments)
    assert (2, "") == (ended.code, ended.out)
    assert sentence in ended.err
    assert ended.err.startswith("casepost: ")
    assert 1 == ended.err.count("\n")
    assert not (tmp_path / "house" / "data").exists()


def test_broken_files_are_said_line_by_line(casepost: Casepost, tmp_path: Path) -> None:
    """Each thing that is wrong in a configuration is a line of its own."""
    path = write_house(tmp_path / "house", "mysql://x")
    path.write_text(path.read_text() + "\n[msg]\n")
    ended = casepost("tickets", *CONFIG)
    assert 2 == ended.code
    assert 2 == ended.err.count("\n")
    assert f"casepost: {path}:10: unknown key" in ended.err


def test_blanks_between_roles_are_no_roles() -> None:
    """A list may be written as people write lists."""
    assert frozenset({Role.LISTENER, Role.WORKER}) == roles_of(" listener, worker ")


@pytest.mark.parametrize("command", [*COMMANDS, *GROUPS])
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_each_command_helps(casepost: Casepost, command: str, option: str) -> None:
    """Its help says what it does, with an example."""
    ended = casepost(*command.split(), option)
    assert (0, "") == (ended.code, ended.err)
    assert f"Example: casepost {command}" in " ".join(ended.out.split())


def test_help_lists_all_commands(casepost: Casepost) -> None:
    """So does `casepost -h`."""
    ended = casepost("-h")
    assert 0 == ended.code
    assert all(f"│ {command} " in ended.out for command in (*COMMANDS, "held", "failed"))


def test_the_version_is_told(casepost: Casepost) -> None:
    """For bug reports."""
    assert f"casepost {gateway.__version__}\n" == casepost("--version").out


def test_a_database_of_another_version_is_left_alone(casepost: Casepost, bench: Workbench) -> None:
    """Older, newer or foreign: reading it would only guess."""
    for statement, sentence in (
        ("UPDATE alembic_version SET version_num = '9999'", "this version does not know"),
        ("DELETE FROM alembic_version", "has no tables yet"),
    ):
        with bench.house.database.writing() as connection:
            connection.exec_driver_sql(statement)
        ended = casepost("tickets", *CONFIG)
        assert 2 == ended.code
        assert sentence in ended.err


def test_what_is_no_database_is_not_taken_for_one(casepost: Casepost, tmp_path: Path) -> None:
    """A file with that name may be anything."""
    write_house(tmp_path / "house", "sqlite:///casepost.db")
    (tmp_path / "house" / "data").mkdir()
    (tmp_path / "house" / "data" / "casepost.db").write_bytes(b"no database at all" * 100)
    ended = casepost("status", *CONFIG)
    assert 2 == ended.code
    assert "is no database" in ended.err


def test_a_server_that_is_away_is_no_wrong_use(casepost: Casepost, tmp_path: Path) -> None:
    """It can come back, so the exit code is 1."""
    write_house(tmp_path / "house", f"postgresql+psycopg://nobody@/none?host={tmp_path}")
    ended = casepost("tickets", *CONFIG)
    assert 1 == ended.code
    assert "the database does not answer" in ended.err
    assert 1 == ended.err.count("\n")


def test_both_databases_are_looked_at_first(tmp_path: Path, database_url: str) -> None:
    """An empty database has no tables, on SQLite and on PostgreSQL."""
    database = Database(database_url, tmp_path)
    with pytest.raises(Misused, match=r"no database yet|has no tables yet"):
        require_present(database)
    database.close()


def test_only_the_owner_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another user, root among them, would leave files that the daemon cannot open."""
    require_owner(tmp_path)
    require_owner(tmp_path / "none")
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 12345)
    with pytest.raises(Misused, match=r"belongs to .*; run this as that user"):
        require_owner(tmp_path)


def test_the_program_ends_as_its_reader_does(bench: Workbench, tmp_path: Path) -> None:
    """`casepost ... | head` prints no complaint."""
    del bench
    with subprocess.Popen(
        [sys.executable, "-m", "gateway.cli", "check", "-h"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"" == process.stderr.read()
        assert process.wait() in {0, 1}
