"""The days of a report are those of a desk's zone, from midnight to midnight."""

from datetime import UTC, date, datetime

import pytest

from gateway.report.period import course, month_after, month_before, period

LATE = datetime(2030, 1, 1, tzinfo=UTC)


def instant(text: str) -> datetime:
    """Read an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "last", "zone", "begin", "end"),
    [
        ("2026-03-01", "2026-03-31", "UTC", "2026-03-01T00:00", "2026-04-01T00:00"),
        ("2026-03-01", "2026-03-31", "Europe/Amsterdam", "2026-02-28T23:00", "2026-03-31T22:00"),
        ("2026-10-25", "2026-10-25", "Europe/Amsterdam", "2026-10-24T22:00", "2026-10-25T23:00"),
        # There the clocks go on at midnight, so that the day begins at one.
        ("2026-04-24", "2026-04-24", "Africa/Cairo", "2026-04-23T22:00", "2026-04-24T21:00"),
    ],
)
def test_days_are_those_of_the_zone(first: str, last: str, zone: str, begin: str, end: str) -> None:
    """However long they are."""
    found = period(date.fromisoformat(first), date.fromisoformat(last), zone, LATE)
    assert (instant(begin), instant(end)) == (found.begin, found.end)
    assert found.end == found.until
    assert found.has(found.begin)
    assert not found.has(found.end)


@pytest.mark.parametrize(
    ("now", "zone", "last", "following"),
    [
        ("2026-04-01T00:00", "UTC", "2026-03", "2026-05-01T00:00"),
        ("2026-03-31T23:59", "UTC", "2026-02", "2026-04-01T00:00"),
        ("2026-03-31T22:00", "Europe/Amsterdam", "2026-03", "2026-04-30T22:00"),
        ("2026-03-31T11:00", "Pacific/Auckland", "2026-03", "2026-04-30T12:00"),
        ("2026-01-31T12:00", "UTC", "2025-12", "2026-02-01T00:00"),
        ("2025-12-31T12:00", "Pacific/Auckland", "2025-12", "2026-01-31T11:00"),
    ],
)
def test_the_month_that_is_over_and_the_next(
    now: str, zone: str, last: str, following: str
) -> None:
    """A month is over when it is over in the zone of the desk."""
    first, end = month_before(instant(now), zone)
    assert (last, 1) == (f"{first:%Y-%m}", first.day)
    assert (f"{end:%Y-%m}", end.month) == (last, first.month)
    assert instant(following) == month_after(instant(now), zone)


@pytest.mark.parametrize(
    ("last", "pieces", "second"),
    [
        ("2026-02-14", 45, "2026-01-02"),
        ("2026-02-15", 7, "2026-01-05"),
        ("2026-12-31", 12, "2026-02-01"),
    ],
)
def test_the_course_has_few_pieces(last: str, pieces: int, second: str) -> None:
    """Days, weeks from Monday on, or months; each instant belongs to the piece that it is in."""
    whole = period(date(2026, 1, 1), date.fromisoformat(last), "Europe/Amsterdam", LATE)
    found = course(whole, "Europe/Amsterdam")
    assert (pieces, second) == (len(found.days), found.days[1].isoformat())
    assert 0 == found.piece(whole.begin)
    assert 0 == found.piece(found.begins[1] - datetime.resolution)
    assert 1 == found.piece(found.begins[1])
    assert pieces - 1 == found.piece(whole.end - datetime.resolution)
