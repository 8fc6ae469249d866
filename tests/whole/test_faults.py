"""`make faults` in short: one fault on a sound daemon, and on one that is broken on purpose."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.thorough, pytest.mark.timeout(300)]

_ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("broken", [False, True])
def test_a_250_before_the_commit_is_found(*, broken: bool) -> None:
    """The sound daemon holds, and the fault finds the other: its own row says so."""
    only = "broken on purpose: 250 before" if broken else "disk: no sync"
    done = subprocess.run(
        [sys.executable, "-P", "-m", "faults", "--only", only],
        check=False,
        capture_output=True,
        text=True,
        cwd=_ROOT,
        env={**os.environ, "PYTHONPATH": f"{_ROOT / 'tests'}{os.pathsep}{_ROOT}"},
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert (1, 0) == (found["held"] + found["not_run"], found["broken"])
