"""How often the same is done is bounded, and so is what is remembered of it."""

from datetime import timedelta

from gateway.web.pace import Pace
from lib.workbench import START

SECOND = timedelta(seconds=1)


def test_each_key_has_its_own_pace() -> None:
    """What is one too many is not, once the time is over, or the clock was put back."""
    pace = Pace(2, 10 * SECOND)

    assert [True, True, False, False] == [pace.allows("a", START) for _ in range(4)]
    assert pace.allows("b", START)
    assert not pace.allows("a", START + 9 * SECOND)
    assert pace.allows("a", START + 10 * SECOND)
    assert pace.allows("a", START - SECOND)


def test_whoever_comes_by_ever_new_keys_fills_nothing() -> None:
    """Beyond very many, all further ones count as one."""
    pace = Pace(1, SECOND)
    let_through = sum(pace.allows(number, START) for number in range(20_000))

    assert 10_001 == let_through
    assert pace.allows(20_001, START + SECOND)
