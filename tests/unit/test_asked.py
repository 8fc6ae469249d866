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
_TO_A_THREAD = """
import signal, threading, time
from gateway.asked import Asked

asked = Asked()
asked.heed()
waiting = threading.Event()

def other():
    waiting.wait()
    while open("/proc/self/task/%d/stat" % main).read().rpartition(")")[2].split()[0] != "S":
        time.sleep(0.01)
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

main = threading.get_native_id()
threading.Thread(target=other, daemon=True).start()
waiting.set()
signal.alarm(20)
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


def test_a_signal_that_the_system_gives_to_another_thread_is_heard() -> None:
    """It does so where the main thread is being traced, or has another signal to take."""
    assert 0 == run(_TO_A_THREAD)


def test_the_end_can_be_asked_for_from_inside() -> None:
    """A part that fails for good ends the daemon."""
    asked = Asked()
    asked.end()
    assert not asked.renew()
