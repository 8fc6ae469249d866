"""Telling a dead process from a living one, also from one that has its number now."""

import subprocess
import sys
from dataclasses import replace

import pytest

from gateway.store.claimant import is_dead, of_process, this_process

NODE = "mx.test"


def test_a_living_process_is_not_dead() -> None:
    """Nor is one that slept a while."""
    assert not is_dead(str(this_process(NODE)), NODE)


def test_a_process_is_dead_once_it_ended() -> None:
    """Even before its parent has asked how."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        claimant = str(of_process(NODE, child.pid))
        alive = is_dead(claimant, NODE)
        child.kill()
        child.wait()

    assert (False, True) == (alive, is_dead(claimant, NODE))


@pytest.mark.parametrize(
    ("change", "dead"),
    [
        ({"started": "1"}, True),
        ({"boot": "00000000"}, True),
        ({"node": "another"}, False),
        ({"node": "another", "started": "1", "boot": "00000000"}, False),
    ],
)
def test_a_number_alone_says_nothing(change: dict[str, str], dead: bool) -> None:  # noqa: FBT001
    """Start time and boot tell who had it; of another node nothing can be told."""
    claimant = this_process(NODE)
    for field, value in change.items():
        claimant = replace(claimant, **{field: value})  # type: ignore[arg-type]

    assert dead is is_dead(str(claimant), NODE)


@pytest.mark.parametrize("claimed_by", ["", "nonsense", "a/b/c"])
def test_what_is_no_claimant_is_not_dead(claimed_by: str) -> None:
    """Its lease will end."""
    assert not is_dead(claimed_by, NODE)


def test_a_node_may_have_any_name() -> None:
    """It is somebody's configuration."""
    claimant = str(this_process("a/b"))

    assert not is_dead(claimant, "a/b")
    assert is_dead(claimant.rpartition("/")[0] + "/1", "a/b")
