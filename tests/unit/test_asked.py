"""What a daemon is asked for from outside, before it is ready and many times at once."""

import subprocess
import sys
from pathlib import Path

from gateway.asked import Asked

_EARLY = """
import os, signal
from gateway.asked import Asked, delay_renewal

delay_renewal()
os.kill(os.getpid(), signal.SIGHUP)
asked = Asked()
asked.heed()
assert asked.renew()
"""
_OFTEN = """
import os, signal
from gateway.asked import Asked

asked = Asked()
asked.heed()
for _ in range(50):
    os.kill(os.getpid(), signal.SIGHUP)
assert asked.renew()
for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGHUP):
    os.kill(os.getpid(), number)
assert not asked.renew()
"""


def run(source: str) -> int:
    """Run this in a process of its own, whose signals are its own; how it ended."""
    root = Path(__file__).parents[2]
    return subprocess.run([sys.executable, "-c", source], cwd=root, check=False).returncode


def test_who_asks_before_the_daemon_is_ready_is_heard() -> None:
    """SIGHUP does not end a process that still reads its files; it renews them afterwards."""
    assert 0 == run(_EARLY)


def test_many_renewals_are_one_and_the_end_goes_before_them() -> None:
    """Fifty SIGHUPs in a row keep no daemon from ending."""
    assert 0 == run(_OFTEN)


def test_the_end_can_be_asked_for_from_inside() -> None:
    """A part that fails for good ends the daemon."""
    asked = Asked()
    asked.end()
    assert not asked.renew()
