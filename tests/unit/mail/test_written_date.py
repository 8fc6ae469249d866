"""Dates as mail programs write them for people, in seven languages."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.mail.forwarding.written_date import Reading, read

FORWARDED = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
HERE = Reading(day_first=True, before=FORWARDED, offset=timedelta(hours=1))
LOCAL = datetime(2026, 11, 2, 8, 12, tzinfo=UTC)
AFTERNOON = datetime(2026, 11, 2, 14, 25, 8, tzinfo=UTC)

WRITTEN = [
    # Gmail
    "Mon, Nov 2, 2026 at 9:12 AM",
    "Mon, 2 Nov 2026 at 09:12",
    "Mo., 2. Nov. 2026 um 09:12 Uhr",
    "ma 2 nov. 2026 om 09:12",
    "Op ma 2 nov 2026 om 09:12",
    "ma 2. marrask. 2026 klo 9.12",
    "lun. 2 nov. 2026 à 09:12",
    "mån 2 nov. 2026 kl 09:12",
    "lun, 2 nov 2026 a las 9:12",
    # Outlook
    "Monday, November 2, 2026 9:12 AM",
    "02 November 2026 09:12",
    "Montag, 2. November 2026 09:12",
    "maandag 2 november 2026 09:12",
    "maanantai 2. marraskuuta 2026 9.12",
    "lundi 2 novembre 2026 09:12",
    "den 2 november 2026 09:12",
    "lunes, 2 de noviembre de 2026 9:12",
    "torstaina, 2. marraskuuta 2026 klo 9.12",
    # Samsung, and others in figures
    "02/11/2026 09:12 (GMT+01:00)",
    "02.11.26 09:12 (GMT+01:00)",
    "02-11-2026 09:12",
    "2.11.2026 9.12",
    "2026-11-02 09:12",
    "2/11/26 9:12",
    "2026-11-02 kl. 09:12",
    "02/11/2026 9h12",
    "le 2 nov. 2026 à 9 h 12",
]


@pytest.mark.parametrize("written", WRITTEN)
def test_a_date_without_zone_is_by_the_writers_clock(written: str) -> None:
    """Each program's form in each language, read with the zone of whoever forwards."""
    assert LOCAL == read(written, HERE)


@pytest.mark.parametrize(
    "written",
    [
        "Mon, 2 Nov 2026 15:25:08 +0100",
        "2 November 2026 at 16:25:08 GMT+2",
        "Monday, November 2nd, 2026 at 6:25:08 PM GMT+4",
        "Monday, 2 November 2026 at 09:25:08 a.m. EST",
        "2. November 2026 um 15:25:08 MEZ",
        "Montag, 2. November 2026, 15:25:08 CET",
        "2 november 2026 om 15:25:08 CET",
        "maanantaina 2. marraskuuta 2026 klo 16.25.08 UTC+2",
        "2. marraskuuta 2026 klo 16.25.08 EET",
        "2 novembre 2026 à 15:25:08 UTC+1",
        "2 novembre 2026 à 15:25:08 HNEC",
        "2 november 2026 15:25:08 CET",
        "2 de noviembre de 2026, 15:25:08 CET",
        "lunes, 2 de noviembre de 2026, 03:25:08 p. m. UTC+1",
        "2026-11-02T14:25:08Z",
        "11/02/2026 9:25:08 AM EST",
        "Mon, 2 Nov 2026 09:25:08 \N{MINUS SIGN}0500",
    ],
)
def test_a_zone_that_is_written_counts(written: str) -> None:
    """By offset, by name in the language of the program, with and without a sign of its own."""
    assert AFTERNOON == read(written, Reading(before=FORWARDED, offset=timedelta(hours=9)))


def test_midnight_and_noon() -> None:
    """Twelve is the first hour of each half of the day."""
    assert datetime(2026, 11, 2, 0, 5, tzinfo=UTC) == read("Nov 2, 2026, 12:05 AM", Reading())
    assert datetime(2026, 11, 2, 12, 5, tzinfo=UTC) == read("Nov 2, 2026, 12:05 PM", Reading())


def test_day_and_month_that_can_be_exchanged() -> None:
    """By language; else by the weekday, by what had passed, and last by what is nearest."""
    spring = datetime(2026, 2, 11, tzinfo=UTC)
    autumn = datetime(2026, 11, 2, tzinfo=UTC)
    assert autumn == read("2/11/2026", Reading(day_first=True, before=FORWARDED))
    assert autumn == read("2.11.2026", Reading(before=FORWARDED))
    assert autumn == read("Mon 2/11/2026", Reading())
    assert spring == read("Wed 2/11/2026", Reading(before=FORWARDED))
    assert spring == read("2/11/2026", Reading(before=spring + timedelta(hours=6)))
    assert autumn == read("11/2/2026", Reading(before=FORWARDED))
    assert datetime(2026, 1, 31, tzinfo=UTC) == read("1/31/2026", Reading(day_first=True))


def test_a_name_is_no_month() -> None:
    """A person called Jan, and the French Tuesday."""
    assert LOCAL == read("Jan <jan@klant.example> kirjoitti 2/11/2026 9.12:", HERE)
    assert datetime(2026, 10, 6, 7, 0, tzinfo=UTC) == read("mar. 6 oct. 2026 à 08:00", HERE)
    assert datetime(2026, 3, 3, 7, 0, tzinfo=UTC) == read("mar, 3 mar 2026 a las 8:00", HERE)


@pytest.mark.parametrize(
    "written",
    [
        *("", "yesterday", "2 November", "32.13.2026 10:00", "2 nov 2026 25:10", "0/0/0000"),
        *("9:12", "2 November 2027 10:00", "2 nov 9999 23:59 GMT-14", "13 nov 2026 0:10 pm"),
        *("9" * 5000, "1." * 5000, "nov " * 5000, "9:" * 5000, "+01" * 5000),
    ],
)
def test_what_is_no_date_that_has_passed(written: str) -> None:
    """No date is better than a wrong one."""
    assert read(written, HERE) is None
