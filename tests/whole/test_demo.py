"""The first thing that anybody runs."""

import subprocess
import sys

import pytest


@pytest.mark.thorough
def test_the_demo_comes_out_as_it_must() -> None:
    """`casepost demo` plays over real sockets with the shipped desks, and ends with 0."""
    command = [sys.executable, "-P", "-m", "gateway.cli", "demo"]
    played = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (0, "") == (played.returncode, played.stderr)
    assert "All came out as expected." in played.stdout
