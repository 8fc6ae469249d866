"""Named points at which a process dies when the environment says so, and only then."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gateway import failpoint

_PROGRAM = """
from gateway.failpoint import reached
for number in range(5):
    print(number, flush=True)
    reached("test.point")
"""


def run(**environment: str) -> subprocess.CompletedProcess[str]:
    """Come to a point five times, in a process group of its own."""
    return subprocess.run(
        [sys.executable, "-P", "-c", _PROGRAM],
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
        env={**os.environ, **environment},
    )


def test_nothing_is_armed_without_the_environment() -> None:
    """A point costs one look into an empty dictionary."""
    failpoint.reached("test.point")
    assert {} == failpoint._points  # noqa: SLF001  that it costs nothing is the point


@pytest.mark.parametrize(
    ("value", "said"),
    [("test.point", 1), ("test.point:3", 3), ("test.point:3:all", 3)],
)
def test_a_process_dies_at_its_point(value: str, said: int) -> None:
    """The Nth time, by SIGKILL, which leaves it no time for anything."""
    ended = run(CASEPOST_FAIL_POINT=value)
    assert (-signal.SIGKILL, said) == (ended.returncode, len(ended.stdout.split()))


@pytest.mark.parametrize("value", ["test.point:6", "other.point", ""])
def test_what_is_not_reached_kills_nobody(value: str) -> None:
    """Nor does a point of another name."""
    assert (0, 5) == (
        (ended := run(CASEPOST_FAIL_POINT=value)).returncode,
        len(ended.stdout.split()),
    )


def test_a_fuse_burns_once(tmp_path: Path) -> None:
    """Who takes the dead one's place lives."""
    fuse = tmp_path / "fuse"
    environment = {"CASEPOST_FAIL_POINT": "test.point", "CASEPOST_FAIL_POINT_FUSE": str(fuse)}
    assert -signal.SIGKILL == run(**environment).returncode
    assert fuse.exists()
    assert 0 == run(**environment).returncode


@pytest.mark.parametrize("value", [":3", "test.point:often", "test.point:3:some"])
def test_a_wrong_value_is_refused_in_a_sentence(value: str) -> None:
    """Whoever mistypes it must not take the silence for a proof."""
    ended = run(CASEPOST_FAIL_POINT=value)
    sentence = f"CASEPOST_FAIL_POINT is NAME, NAME:N or NAME:N:all, not {value!r}\n"
    assert (1, sentence) == (ended.returncode, ended.stderr)


def test_contributing_names_every_point() -> None:
    """Each that the program has, and no other."""
    root = Path(__file__).parents[2]
    reached = re.compile(r"\breached\(\s*\"([a-z0-9_.]+)\"\s*\)")
    program = {
        name
        for path in (root / "gateway").rglob("*.py")
        for name in reached.findall(path.read_text())
    }
    section = (root / "CONTRIBUTING.md").read_text().partition("| points | where |")[2]
    table = section.partition("\n\n")[0]
    assert program == set(re.findall(r"`([a-z0-9_]+\.[a-z0-9_]+)`", table))
