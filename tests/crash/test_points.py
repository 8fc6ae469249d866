"""The points of `make crash` are chosen evenly, the same each time, and none of them twice."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from crash.points import Point, chosen, instead, named, of_calls, reached
from crash.tracing import counted

_ROOT = Path(__file__).resolve().parents[2]


def test_each_name_gets_its_share() -> None:
    """What comes once is chosen once, and the others share the rest, first and last among them."""
    counts = {"a.once": 1, "b.often": 100, "c.often": 50}
    found = chosen(named(counts), 9)
    assert len(found) == len(set(found)) == 9
    numbers = {name: [point.number for point in found if point.name == name] for name in counts}
    assert {"a.once": [1], "b.often": [1, 27, 53, 80], "c.often": [1, 14, 27, 40]} == numbers
    assert Counter({False: 5, True: 4}) == Counter(point.group for point in found)
    assert chosen(named(counts), 9) == found


def test_no_more_are_chosen_than_there_are() -> None:
    """Nor is any chosen twice."""
    assert 3 == len(chosen(of_calls({("imap", "fsync"): 3}), 300))


def test_what_a_run_did_not_come_to_has_an_earlier_point_in_its_place() -> None:
    """Two runs are not quite alike; a point that was chosen already is not taken again."""
    point = Point("fsync", 8, "imap")
    assert Point("fsync", 6, "imap") == instead(point, set())
    assert Point("fsync", 5, "imap") == instead(point, {Point("fsync", 6, "imap")})
    assert instead(Point("fsync", 1, "imap"), set()) is None


def test_points_are_counted_by_process(tmp_path: Path) -> None:
    """A point counts as often as one process comes to it."""
    path = tmp_path / "reached"
    path.write_text("a.b 1\na.b 1\na.b 2\nc.d 2\n")
    assert Counter({"a.b": 2, "c.d": 1}) == reached(path)


def test_calls_are_counted_by_role(tmp_path: Path) -> None:
    """A call counts as often as one thread of a role makes it; interrupted ones count once."""
    path = tmp_path / "trace"
    path.write_text(
        "11 write(1, 1) = 1\n11 write(1, 1 <unfinished ...>\n12 write(2, 2) = 2\n"
        "11 <... write resumed>) = 1\n13 close(3) = 0\n"
    )
    roles = {11: "imap", 12: "imap"}
    assert {("imap", "write"): 2, ("daemon", "close"): 1} == counted(path, roles, "daemon")


@pytest.mark.thorough
@pytest.mark.dovecot
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("dovecot_server")
def test_a_few_points() -> None:
    """`make crash` with a handful of points ends with 0."""
    command = [sys.executable, "-m", "crash", "--points", "6", "--lanes", "1"]
    ended = subprocess.run(
        [*command, "--database", "sqlite"],
        capture_output=True,
        text=True,
        check=False,
        cwd=_ROOT,
        env={**os.environ, "PYTHONPATH": "tests"},
    )
    assert 0 == ended.returncode, ended.stdout + ended.stderr
    assert '"lost": 0, "duplicated": 0' in ended.stdout
