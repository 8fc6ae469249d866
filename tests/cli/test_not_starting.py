"""A daemon that can't start says why in one sentence, and leaves nothing running."""

import os
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from lib.daemon import starting
from lib.workbench import write_house
from servers import process

CASES: list[tuple[Callable[[Path], str], int, str]] = []


def case(code: int, sentence: str) -> Callable[[Callable[[Path], str]], Callable[[Path], str]]:
    """Say what comes of a house that the function spoils; it gives more configuration."""

    def add(spoil: Callable[[Path], str]) -> Callable[[Path], str]:
        CASES.append((spoil, code, sentence))
        return spoil

    return add


@case(2, "c.pem and its private key can't be used: [Errno 2] No such file or directory")
def no_certificate(_house: Path) -> str:
    """Name a certificate that is not there."""
    return '[[listener]]\nport = 0\ncertificate = "c.pem"\nprivate_key = "k.pem"\n'


@case(2, "house/data: File exists")
def data_is_a_file(house: Path) -> str:
    """Put a file where the data folder should be."""
    (house / "data").write_text("")
    return ""


@case(2, "can't be used: file is not a database")
def another_file(house: Path) -> str:
    """Put something else where the database should be."""
    (house / "data").mkdir()
    (house / "data" / "casepost.db").write_text("no database " * 1000)
    return ""


@case(1, "the database does not answer: unable to open database file")
def unreadable(house: Path) -> str:
    """Put a folder where the database should be."""
    (house / "data" / "casepost.db").mkdir(parents=True)
    return ""


@case(2, "node holds no key; restore it, or remove it for a new one")
def broken_key(house: Path) -> str:
    """Empty a key."""
    (house / "data" / "keys").mkdir(parents=True)
    (house / "data" / "keys" / "node").touch()
    return ""


def run(folder: Path, more: str = "") -> tuple[int, list[str]]:
    """Run the daemon to its end; the code, and the sentences apart from the log.

    Nothing that it started is left.
    """
    path = folder / "house" / "casepost.toml"
    path.write_text(f"{path.read_text()}\n{more}")
    daemon = subprocess.Popen(
        starting(path),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        _, err = daemon.communicate(timeout=60)
        with pytest.raises(ProcessLookupError):
            os.killpg(daemon.pid, 0)
    finally:
        process.end(daemon, signal.SIGKILL)  # type: ignore[arg-type]
    return daemon.returncode, [line for line in err.splitlines() if " INFO " not in line]


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("spoil", "code", "sentence"), CASES, ids=lambda part: getattr(part, "__name__", "")
)
def test_what_is_wrong_is_one_sentence(
    tmp_path: Path, spoil: Callable[[Path], str], code: int, sentence: str
) -> None:
    """2 for what somebody has to put right here, 1 for a server that does not answer."""
    write_house(tmp_path / "house", "sqlite:///casepost.db")
    ended, said = run(tmp_path, spoil(tmp_path / "house"))

    assert (code, 1) == (ended, len(said)), said
    assert said[0].startswith("casepost: ")
    assert said[0].endswith(sentence)


@pytest.mark.thorough
def test_a_taken_port_is_said_and_no_worker_stays(tmp_path: Path) -> None:
    """The workers are started before the listener."""
    write_house(tmp_path / "house", "sqlite:///casepost.db")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, said = run(tmp_path, f"[[listener]]\nport = {port}\n")

    assert 2 == code
    (sentence,) = said
    assert sentence.startswith(f"casepost: can't listen on port {port} of 127.0.0.1, is it taken?")


def test_a_postgresql_that_is_away_is_said(tmp_path: Path) -> None:
    """Its supervisor may try again."""
    url = f"postgresql+psycopg://casepost@127.0.0.1:{process.free_port()}/casepost"
    write_house(tmp_path / "house", url)
    code, said = run(tmp_path)

    assert (1, 1) == (code, len(said))
    assert said[0].startswith("casepost: the database does not answer: connection failed")
