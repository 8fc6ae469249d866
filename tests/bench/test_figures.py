"""`make bench`: ratios are taken within a round, goals are judged by them, the page quotes them."""

import json
from pathlib import Path

import pytest

from bench import page
from bench.goals import GOALS, judged
from bench.samples import Samples, of_plain, plain

SAMPLES = {
    "accept.small": [120.0, 60.0, 240.0],
    "accept_bare.small": [100.0, 50.0, 100.0],
    "growth": [1.2, 1.1, 1.3],
}


def test_a_ratio_is_of_the_same_round() -> None:
    """A round in which the machine was slow is slow for both."""
    assert 1.2 == of_plain(SAMPLES).ratio("accept.small", "accept_bare.small")


def test_what_was_not_measured_is_not_judged() -> None:
    """A run of some parts says nothing about the others."""
    assert of_plain(SAMPLES).ratio("accept.large", "accept_bare.large") is None
    assert ["accepted durably, small mails, beside aiosmtpd that throws them away"] == [
        goal.name for goal in judged(of_plain(SAMPLES)) if goal.met
    ]
    assert 2 == len(judged(of_plain(SAMPLES)))


def test_a_goal_is_met_at_its_bound_and_missed_beyond() -> None:
    """Bounds belong to what is allowed."""
    for goal in GOALS:
        bound = goal.least if goal.least is not None else goal.most
        assert bound is not None
        beyond = 0.99 * bound if goal.least is not None else 1.01 * bound
        assert (True, False) == (goal.met(bound), goal.met(beyond)), goal.name


def test_names_stand_in_their_places() -> None:
    """`accept.small` is `small` within `accept`; a bare name is a number."""
    assert {"accept": {"small": 120.0}, "accept_bare": {"small": 100.0}, "growth": 1.2} == (
        of_plain(SAMPLES).nested()
    )
    assert SAMPLES == plain(SAMPLES)


def test_a_figure_is_no_place_for_others() -> None:
    """Two names that cannot both stand in the JSON are an error, not a lost figure."""
    samples = Samples()
    samples.add("growth", 1.0)
    samples.add("growth.many", 1.0)
    with pytest.raises(TypeError, match="growth"):
        samples.nested()


def test_the_page_quotes_the_figures() -> None:
    """What `docs/performance.md` says was measured is what `bench/latest.json` has."""
    figures = json.loads(page.LATEST.read_text())
    written = page.PAGE.read_text()
    assert page.tables(figures) in written


def test_the_page_is_written_between_its_markers(tmp_path: Path) -> None:
    """What people wrote around the tables stays."""
    path = tmp_path / "page.md"
    path.write_text(f"before\n{page.BEGIN}\nold\n{page.END}\nafter\n")
    figures = json.loads(page.LATEST.read_text())
    page.write(figures, path)
    expected = f"before\n{page.BEGIN}\n{page.tables(figures)}{page.END}\nafter\n"
    assert expected == path.read_text()
