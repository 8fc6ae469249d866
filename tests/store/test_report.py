"""A report's figures are those that one counts by hand."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from gateway.report.gather import gather
from gateway.report.plain import plain
from lib.slow_report import recount
from lib.year import NOW, YEAR, Year, year

WHOLE = (date(YEAR, 1, 1), date(YEAR, 12, 31))
PERIODS = (
    WHOLE,
    (date(YEAR, 3, 1), date(YEAR, 3, 31)),
    (date(YEAR, 10, 25), date(YEAR, 10, 25)),
    (date(YEAR - 1, 11, 1), date(YEAR - 1, 11, 30)),
)


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    """A year with six hundred cases; `make thorough` has one with thousands."""
    with year(tmp_path_factory.mktemp("year") / "house", "sqlite:///casepost.db", 600, 6) as made:
        yield made


def told(
    made: Year,
    days: tuple[date, date],
    organisation: str = "",
    product: str = "",
    now: datetime = NOW,
) -> Any:  # noqa: ANN401  as json.loads would give it
    """Give a report as programs read it."""
    with made.database.reading() as connection:
        return plain(gather(connection, made.desk, days, now, organisation, product))


def same_form(found: Any) -> dict[str, Any]:  # noqa: ANN401
    """Give what a report says as `recount` says it."""
    groups = ("type", "severity", "organisation", "product")
    values = ("created", "resolved", "reopened", "open_at_end", "spent", "charged")
    shares = ("in_time", "missed", "reached", "median", "p90")
    deflected = ("answered", "answered_alone", "suggested", "suggested_alone")
    return {
        "cases": found["cases"],
        **{
            f"by_{name}": {one["name"]: _of(one, values) for one in found[f"by_{name}"]}
            for name in groups
        },
        "targets": {
            (one["target"], one["type"], one["severity"]): _of(one, shares)
            for one in found["targets"]
            if one["type"] is not None
        },
        "statuses": {
            one["status"]: (
                one["stays"],
                pytest.approx(one["average"]),
                pytest.approx(one["working"]),
            )
            for one in found["statuses"]
        },
        "backlog": {
            one["least"]: _of(one, ("in_hand", "waiting", "unworked")) for one in found["backlog"]
        },
        "time_spent": {one["type"]: one["seconds"] for one in found["time_spent"]},
        "ratings": _of(found["ratings"], ("count", "average")),
        "deflection": _of(found["deflection"], deflected),
    }


def _of(row: Any, names: tuple[str, ...]) -> tuple[Any, ...]:  # noqa: ANN401
    return tuple(row[name] for name in names)


@pytest.mark.parametrize("days", PERIODS, ids=lambda days: f"{days[0]}..{days[1]}")
def test_figures_are_those_counted_by_hand(busy: Year, days: tuple[date, date]) -> None:
    """Of a year, of a month with a change of clocks, of the day of the other, and before it all."""
    assert recount(busy, *days) == same_form(told(busy, days))


def test_figures_of_a_part_are_those_counted_by_hand(busy: Year) -> None:
    """Of one organisation's cases with one product, all is counted as of all cases."""
    found = told(busy, WHOLE, "Aalto Oy", "Atlas")
    assert recount(busy, *WHOLE, "Aalto Oy", "Atlas") == same_form(found)
    assert found["cases"]["created"] > 10
    assert found["deflection"]["clicks"] is None


def test_the_quarters_of_a_year_are_the_year(busy: Year) -> None:
    """What is open is carried over, and all that happens belongs to exactly one of them."""
    firsts = [date(YEAR, month, 1) for month in (1, 4, 7, 10)]
    lasts = [first - timedelta(days=1) for first in [*firsts[1:], date(YEAR + 1, 1, 1)]]
    whole = told(busy, WHOLE)
    parts = [told(busy, days) for days in zip(firsts, lasts, strict=True)]
    for part, following in pairwise(parts):
        assert part["cases"]["open_at_end"] == following["cases"]["open_at_start"]
    for name in ("created", "duplicates", "resolved", "reopened"):
        assert whole["cases"][name] == sum(part["cases"][name] for part in parts)
    for made in (whole, *parts):
        flow = made["cases"]
        came = flow["open_at_start"] + flow["created"] + flow["reopened"]
        assert came == flow["resolved"] + flow["open_at_end"]
        course = (sum(piece[n] for piece in made["course"]) for n in ("created", "resolved"))
        assert (flow["created"], flow["resolved"]) == tuple(course)
    # By months, and by weeks that begin on Mondays, the first one on a Wednesday.
    assert 12 == len(whole["course"])
    weeks = [piece["from"] for piece in parts[2]["course"]]
    assert (14, ["2026-07-01", "2026-07-06"]) == (len(weeks), weeks[:2])
    stars = [part["ratings"]["by_stars"] for part in parts]
    assert whole["ratings"]["by_stars"] == {
        given: sum(part[given] for part in stars) for given in "12345"
    }


def test_clicks_are_those_of_the_days(busy: Year) -> None:
    """Of articles about one product, where only that is asked for."""
    march = (date(YEAR, 3, 1), date(YEAR, 3, 31))
    assert 3 == told(busy, march)["deflection"]["clicks"]
    assert 7 == told(busy, WHOLE)["deflection"]["clicks"]
    assert 0 == told(busy, WHOLE, product="Bussard")["deflection"]["clicks"]


def test_a_period_that_is_not_over_ends_now(busy: Year) -> None:
    """What is said of it is what is said of the time until now."""
    now = datetime.fromisoformat(f"{YEAR}-03-31T22:00:00+00:00")  # midnight in Amsterdam
    so_far = told(busy, (date(YEAR, 3, 1), date(YEAR, 4, 30)), now=now)
    assert same_form(told(busy, (date(YEAR, 3, 1), date(YEAR, 3, 31)))) == same_form(so_far)
    assert f"{YEAR}-03-31T22:00:00+00:00" == so_far["end"]


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ((date(2026, 3, 2), date(2026, 3, 1)), "2026-03-01 is before 2026-03-02"),
        ((date(2027, 2, 2), date(2027, 3, 1)), "2027-02-02 has not begun yet"),
        ((date(2026, 3, 2), date(9999, 12, 31)), "out of every calendar's range"),
    ],
)
def test_days_that_are_no_period_are_refused(
    busy: Year, days: tuple[date, date], sentence: str
) -> None:
    """One sentence says what is wrong with them."""
    with pytest.raises(ValueError, match=sentence):
        told(busy, days)


@pytest.mark.thorough
def test_the_same_on_postgresql(tmp_path: Path, postgresql_url: str) -> None:
    """The figures do not depend on the database, and neither on chance."""
    with year(tmp_path / "house", postgresql_url, 4000, 7) as made:
        assert recount(made, *WHOLE) == same_form(told(made, WHOLE))
