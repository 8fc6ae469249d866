"""A daemon that was away for two days: what fell due meanwhile is done once, and nothing stale.

Nobody is told that they did not answer while their answer waits, nor warned of what has happened;
and of several things that fell due for a case, one is done, and the others keep their distance.
"""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from lib.lives import (
    AGENTS,
    CLOSED,
    DAY,
    END,
    ESCALATED,
    HOUR,
    MISSED,
    NUDGED,
    OF_TIMERS,
    PEOPLE,
    STARTED,
    STOPPED,
    WARNED,
    Told,
    by_timers,
    life,
    lived,
    run,
    states,
    told,
    two_daemons,
    with_outage,
)

Life = tuple[list[Told], dict[str, str]]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Life:
    """What goes out, and how cases end, where nothing is ever stopped."""
    folder = tmp_path_factory.mktemp("undisturbed")
    with lived(folder, "sqlite:///casepost.db") as bench:
        run(bench, life(), END)
        return told(bench), states(bench)


def test_the_life_has_all_that_an_outage_could_spoil(undisturbed: Life) -> None:
    """In those two days everything falls due: else the other tests would say little."""
    mails, ended = undisturbed
    assert OF_TIMERS <= {one.template for one in mails if STOPPED < one.at <= STARTED}
    assert {"Done", "Answered"} == set(ended.values())


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Life:
    """What goes out, and how cases end, where the daemon was stopped for two days."""
    folder = tmp_path_factory.mktemp("stopped")
    with lived(folder, "sqlite:///casepost.db") as bench:
        with_outage(bench)
        return told(bench), states(bench)


def test_each_mail_that_fell_due_goes_out_at_most_once(undisturbed: Life, stopped: Life) -> None:
    """No more than without the outage, and every case ends in the same way."""
    assert by_timers(stopped[0])
    assert by_timers(stopped[0]) <= by_timers(undisturbed[0])
    assert stopped[1] == undisturbed[1]


def test_nobody_is_told_that_they_did_not_answer_who_has(stopped: Life) -> None:
    """What they wrote during the outage was not read before the first sweep."""
    wrote = {act.of for act in life() if STOPPED <= act.at < STARTED and not act.by_ada}
    soon = [one for one in stopped[0] if STARTED <= one.at < STARTED + HOUR]
    assert wrote
    assert [] == [one for one in soon if one.of in wrote and one.template in (NUDGED, CLOSED)]


def test_nobody_is_warned_of_what_has_happened(undisturbed: Life, stopped: Life) -> None:
    """Of the timers of a target that fell due, the latest acts; one warning is still true."""
    fell_due = [one for one in undisturbed[0] if STOPPED < one.at <= STARTED and one.to in AGENTS]
    acted = [one for one in stopped[0] if one.at == STARTED and one.to in AGENTS]
    assert {8: [MISSED, ESCALATED], 11: [WARNED, MISSED], 12: [WARNED]} == of_timers(fell_due)
    assert {8: [ESCALATED], 11: [MISSED], 12: [WARNED]} == of_timers(acted)


def of_timers(mails: Sequence[Told]) -> dict[int, list[str]]:
    """Give the templates of what timers sent, by the case."""
    found: dict[int, list[str]] = {}
    for one in mails:
        if one.template in OF_TIMERS:
            found.setdefault(one.of, []).append(one.template)
    return found


def test_what_comes_next_keeps_its_distance(stopped: Life) -> None:
    """Nobody gets two reminders, or one and the notice of closing, within less than two days."""
    for of in PEOPLE:
        at = [one.at for one in stopped[0] if one.of == of and one.template in (NUDGED, CLOSED)]
        assert all(late - early >= 0.98 * 2 * DAY for early, late in pairwise(at))


@pytest.mark.thorough
def test_two_daemons_on_one_database_do_each_thing_once(
    undisturbed: Life, tmp_path: Path, postgresql_house_url: str
) -> None:
    """Whoever is first: what goes out is what one daemon alone sends."""
    with (
        lived(tmp_path, postgresql_house_url) as bench,
        two_daemons(bench) as sweep,
    ):
        run(bench, life(), END, sweep)
        assert by_timers(undisturbed[0]) == by_timers(told(bench))
        assert undisturbed[1] == states(bench)


@pytest.mark.thorough
def test_two_daemons_that_were_both_away_do_each_thing_once(
    stopped: Life, tmp_path: Path, postgresql_house_url: str
) -> None:
    """They find everything due at the same moment."""
    with (
        lived(tmp_path, postgresql_house_url) as bench,
        two_daemons(bench) as sweep,
    ):
        with_outage(bench, sweep)
        assert by_timers(stopped[0]) == by_timers(told(bench))
        assert stopped[1] == states(bench)
