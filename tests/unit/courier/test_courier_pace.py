"""How many mails one connection takes at a time, by how fast they went out of late."""

import pytest

from gateway.courier.pace import Pace


@pytest.mark.parametrize(
    ("seconds", "share", "quick"),
    [(0.0, 25, True), (0.005, 25, True), (0.06, 4, True), (0.3, 1, False), (60.0, 1, False)],
)
def test_the_share_is_what_goes_out_in_a_moment(seconds: float, share: int, *, quick: bool) -> None:
    """A slow MSA gets one mail a connection, so that all connections are used."""
    pace = Pace()
    for _ in range(50):
        pace.took(seconds)
    assert (share, quick) == (pace.share, pace.is_quick)


def test_before_anything_is_known() -> None:
    """A usual MSA is taken for granted; one slow mail changes that, and is forgotten again."""
    pace = Pace()
    assert 10 == pace.share
    pace.took(10)
    assert 1 == pace.share
    for _ in range(20):
        pace.took(0.002)
    assert 25 == pace.share


def test_a_thread_that_is_held_up_gives_back_what_is_left() -> None:
    """A second is enough."""
    assert (False, True) == (Pace.is_too_slow(0.5), Pace.is_too_slow(1.5))
