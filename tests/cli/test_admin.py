"""admin: who may sign in to the console is said on the machine itself."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from gateway.console import passwords
from lib.commands import Casepost
from lib.workbench import Workbench

CONFIG = ("--config", "house/casepost.toml")
CHIEF = "chief@north.example"
PASSWORD = "correct horse battery"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _light_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes so long on purpose would take most of the time of these tests."""
    light = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", light)


def handed_over(text: str) -> int:
    """Give a file descriptor from which a password can be read."""
    reader, writer = os.pipe()
    os.write(writer, text.encode())
    os.close(writer)
    return reader


def test_the_first_user_is_made_on_the_machine(bench: Workbench, casepost: Casepost) -> None:
    """With a password that is handed over, of which a hash is kept; the trail says who did it."""
    assert "There are no users yet" in casepost("admin", "list", *CONFIG).out
    reader = handed_over(f"{PASSWORD}\n")

    ended = casepost("admin", "add", "Chief@North.example", "--password-fd", reader, *CONFIG)
    os.close(reader)

    assert (0, f"{CHIEF} may sign in as admin\n", "") == (ended.code, ended.out, ended.err)
    (user,) = bench.rows("users")
    assert passwords.matches(user["password"], PASSWORD)
    (act,) = bench.rows("audit")
    assert ("operator", "user.add", CHIEF) == (act["actor"], act["action"], act["about"])
    assert PASSWORD not in f"{act}{user}"
    (listed,) = json.loads(casepost("admin", "list", "--json", *CONFIG).out)
    assert (CHIEF, "admin", True, False) == tuple(
        listed[key] for key in ("address", "role", "password", "disabled")
    )
    assert CHIEF in casepost("admin", "list", *CONFIG).out


@pytest.mark.parametrize(
    ("arguments", "password", "sentence"),
    [
        (("add", "nobody"), PASSWORD, '"nobody" is no mail address: an address has an @'),
        (("add", CHIEF, "--role", "owner"), PASSWORD, '"owner" is no role'),
        (("add", CHIEF), "short", "a password has at least 12 characters"),
        (("add", CHIEF), "", "a password has at least 12 characters"),
        (("password", CHIEF), PASSWORD, "is no user"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    bench: Workbench,
    casepost: Casepost,
    arguments: tuple[str, ...],
    password: str,
    sentence: str,
) -> None:
    """And nothing is changed."""
    reader = handed_over(password)
    ended = casepost("admin", *arguments, "--password-fd", reader, *CONFIG)
    os.close(reader)

    assert 2 == ended.code
    assert sentence in ended.err
    assert 1 == len(ended.err.splitlines())
    assert [] == bench.rows("users")


def test_a_user_is_changed_disabled_and_enabled(bench: Workbench, casepost: Casepost) -> None:
    """But the last admin stays one, and nobody is added twice."""
    casepost("admin", "add", CHIEF, "--no-password", *CONFIG)
    casepost("admin", "add", "ada@north.example", "--role", "agent", "--no-password", *CONFIG)
    assert 2 == casepost("admin", "add", CHIEF, "--no-password", *CONFIG).code
    assert "no admin left" in casepost("admin", "disable", CHIEF, *CONFIG).err
    assert "no admin left" in casepost("admin", "role", CHIEF, "agent", *CONFIG).err

    assert 0 == casepost("admin", "role", "ada@north.example", "admin", *CONFIG).code
    assert 0 == casepost("admin", "disable", CHIEF, *CONFIG).code
    assert "(disabled)" in casepost("admin", "list", *CONFIG).out
    assert 0 == casepost("admin", "enable", CHIEF, *CONFIG).code

    acts = [row["action"] for row in bench.rows("audit")]
    assert ["user.add", "user.add", "user.role", "user.disable", "user.enable"] == acts


def test_another_password_ends_what_is_open(bench: Workbench, casepost: Casepost) -> None:
    """Whoever knew the old one is out."""
    casepost("admin", "add", CHIEF, "--no-password", *CONFIG)
    reader = handed_over(PASSWORD)
    assert 0 == casepost("admin", "password", CHIEF, "--password-fd", reader, *CONFIG).code
    os.close(reader)

    assert passwords.matches(bench.rows("users")[0]["password"], PASSWORD)


def test_without_a_terminal_nothing_is_asked(
    bench: Workbench, casepost: Casepost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Instead the sentence says what to do."""
    with Path("/dev/null").open() as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        ended = casepost("admin", "add", CHIEF, *CONFIG)

    assert 2 == ended.code
    assert "--password-fd 0" in ended.err
    assert [] == bench.rows("users")


@pytest.mark.thorough
def test_the_terminal_asks_twice_and_shows_nothing(bench: Workbench, tmp_path: Path) -> None:
    """What is typed stands nowhere but in the database, as a hash."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "gateway.cli", "admin", "add", CHIEF, *CONFIG]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.Popen(
        command,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=tmp_path,
        env=env,
        start_new_session=True,
    )
    os.close(theirs)
    shown = b""
    for question in (b"Password: ", b"Once more: "):
        while question not in shown:
            shown += os.read(ours, 1000)
        os.write(ours, f"{PASSWORD}\n".encode())
    while b"may sign in as admin" not in shown:
        shown += os.read(ours, 1000)

    assert 0 == ended.wait(30)
    os.close(ours)
    assert PASSWORD.encode() not in shown
    assert 1 == len(bench.rows("users"))


def test_the_first_user_is_made_before_the_first_start(tmp_path: Path, casepost: Casepost) -> None:
    """The database is made as the daemon would make it; whoever only looks makes nothing."""
    (tmp_path / "casepost.toml").write_text('desks = "none/*.toml"\ndata = "var"\n')
    here = ("--config", tmp_path / "casepost.toml")
    assert 2 == casepost("admin", "list", *here).code
    assert not (tmp_path / "var").exists()
    assert 0 == casepost("admin", "add", CHIEF, "--no-password", *here).code
    assert 2 == casepost("admin", "add", CHIEF, "--no-password", *here).code
    (listed,) = json.loads(casepost("admin", "list", "--json", *here).out)
    assert CHIEF == listed["address"]
