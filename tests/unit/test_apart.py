"""What is done apart gives the same, and leaves nothing behind."""

import os
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from gateway.apart import apart

_ROOT = Path(__file__).resolve().parents[2]


def _in_a_process(program: str) -> str:
    """Run a program that has one thread; what it printed, or the end of its error."""
    ended = subprocess.run(
        [sys.executable, "-c", f"import os\nfrom gateway.apart import apart\n{program}"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
    )
    return ended.stdout or ended.stderr.splitlines()[-1]


def test_it_is_done_by_another_process_whose_result_comes_back() -> None:
    """However long it is."""
    program = (
        "pid, text = apart(lambda: (os.getpid(), 'x' * 300000))\n"
        "print(pid == os.getpid(), len(text))"
    )
    assert "False 300000\n" == _in_a_process(program)


def test_what_goes_wrong_there_is_raised_here() -> None:
    """With its own type and words."""
    assert "ValueError: no" == _in_a_process("def f(): raise ValueError('no')\napart(f)")


def test_a_copy_that_dies_is_made_up_for() -> None:
    """The work is done here then."""
    program = "me = os.getpid(); print(apart(lambda: os.getpid() == me or os.abort()))"
    assert "True\n" == _in_a_process(program)


def test_beside_other_threads_it_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is forked."""
    monkeypatch.delattr(os, "fork")
    done: list[int] = []
    thread = Thread(target=lambda: done.append(apart(os.getpid)))
    thread.start()
    thread.join()
    assert [os.getpid()] == done
