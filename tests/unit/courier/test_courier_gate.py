"""The gate before an MSA that is away, and the bell."""

import threading
from datetime import timedelta

from gateway.courier.bell import Bell
from gateway.courier.gate import Gate
from lib.outgoing import START


def _pause(failures: int) -> timedelta:
    return timedelta(seconds=10 * failures)


def _at(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def test_an_open_gate_lets_all_through() -> None:
    """Without an outage every thread takes full batches."""
    gate = Gate()
    assert [10, 10] == [gate.allowance(START, 10), gate.allowance(START, 10)]
    assert 0.0 == gate.opens_in(START)


def test_one_thread_tries_once_a_pause() -> None:
    """While it is shut nobody goes; then one, with one mail, until it says how it went."""
    gate = Gate()
    assert START + _at(10) == gate.shut(START, _pause)
    assert 0 == gate.allowance(START + _at(9), 10)
    assert 1.0 == gate.opens_in(START + _at(9))
    assert 1 == gate.allowance(START + _at(10), 10)
    assert 0 == gate.allowance(START + _at(11), 10)
    assert gate.opens_in(START + _at(11)) > 0
    gate.unused()
    assert 1 == gate.allowance(START + _at(11), 10)
    assert START + _at(31) == gate.shut(START + _at(11), _pause)
    assert 0 == gate.allowance(START + _at(30), 10)
    assert 1 == gate.allowance(START + _at(31), 10)
    assert gate.passed()
    assert 10 == gate.allowance(START + _at(31), 10)
    assert not gate.passed()
    assert START + _at(50) == gate.shut(START + _at(40), _pause)


def test_a_clock_that_is_set_back_opens_it() -> None:
    """Nobody waits for a time that is two days away, since the clock was two days ahead."""
    gate = Gate()
    ahead = START + timedelta(days=2)
    gate.shut(ahead, _pause)
    assert 0 == gate.allowance(ahead, 10)
    assert 0.0 == gate.opens_in(START)
    assert 1 == gate.allowance(START, 10)
    assert START + _at(20) == gate.shut(START, _pause)
    assert 0 == gate.allowance(START + _at(19), 10)


def test_what_several_find_out_is_one_outage() -> None:
    """Four threads that lose their connections together do not make the pause four times longer."""
    gate = Gate()
    ends = {gate.shut(START + _at(second), _pause) for second in range(4)}
    assert {START + _at(10)} == ends


def test_who_was_let_through_by_an_old_clock_holds_up_nobody() -> None:
    """One whose time was read before another shut the gate tries, fails, and is done with it."""
    gate = Gate()
    gate.shut(START, _pause)
    assert 1 == gate.allowance(START - timedelta(seconds=1), 10)
    again = gate.shut(START, _pause)
    assert 1 == gate.allowance(again, 10)


def test_a_ring_before_the_wait_is_heard() -> None:
    """Who looked before it rang does not wait."""
    bell = Bell()
    heard = bell.rings
    bell.ring()
    bell.wait(heard, 60)
    assert bell.rings > heard


def test_a_ring_wakes_one_and_the_last_all() -> None:
    """Who was woken goes on; the others do when it is time to stop, and know it."""
    bell = Bell()
    heard = bell.rings
    woken = threading.Semaphore(0)

    def wait() -> None:
        bell.wait(heard, 60)
        woken.release()

    threads = [threading.Thread(target=wait) for _ in range(3)]
    for thread in threads:
        thread.start()
    bell.ring()
    assert woken.acquire(timeout=20)
    bell.ring(stop=True)
    for thread in threads:
        thread.join(20)
    assert not any(thread.is_alive() for thread in threads)
    assert bell.stopping
