"""What holds for every page of the console, and the parts that pages are put together from."""

from datetime import timedelta

import pytest

from gateway.console import moments, sizes
from lib.console import Visitor, visitor
from lib.workbench import START, Workbench


@pytest.fixture
def bench(users_bench: Workbench) -> Workbench:
    """A house without users."""
    return users_bench


def test_who_is_not_signed_in_is_led_to_the_sign_in(bench: Workbench) -> None:
    """From whatever page."""
    answer = Visitor(bench).get("/")

    assert 303 == answer.status_code
    assert answer.headers["location"].startswith("/sign-in")


def test_the_frame_shows_what_a_role_may_do(bench: Workbench) -> None:
    """And says on every page where it is, and what may be loaded: nothing from elsewhere."""
    page = visitor(bench, "agent", "ada@north.example").get("/")

    assert 'href="/tickets"' in page.text
    assert 'href="/templates"' not in page.text
    assert '<a href="/account">' in page.text
    assert "unsafe" not in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("distance", "expected"),
    [
        (timedelta(seconds=-30), "just now"),
        (timedelta(minutes=-1), "1 minute ago"),
        (timedelta(hours=3, minutes=50), "in 3 hours"),
        (timedelta(days=-2), "2 days ago"),
        (timedelta(days=-61), "31 Dec 2025"),
    ],
)
def test_a_time_is_short_for_people_and_exact_for_machines(
    distance: timedelta, expected: str
) -> None:
    """In words while that tells more than the day."""
    written = moments.ago(START + distance, START)

    assert f">{expected}</time>" in written
    assert (START + distance).isoformat() in written


def test_a_time_is_written_in_the_zone_of_the_desk() -> None:
    """Whose clock people there look at."""
    expected = '<time datetime="2026-03-02T09:00:00+00:00">2 Mar 2026, 10:00 CET</time>'

    assert expected == moments.moment(START, "Europe/Amsterdam")
    assert "" == moments.moment(None)


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, "0 bytes"), (1400, "1.4 kB"), (999_499, "999 kB"), (25_000_000, "25 MB")],
)
def test_a_size_is_written_as_people_say_it(count: int, expected: str) -> None:
    """By the unit that makes it short."""
    assert expected == sizes.size(count)
