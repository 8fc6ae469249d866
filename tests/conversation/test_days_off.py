"""A holiday of a conversation closes the calendars of its desk, in that conversation only."""

from datetime import UTC, datetime
from pathlib import Path

from gateway.config.load import load
from gateway.conversation import play, read
from gateway.conversation.days_off import with_holidays
from gateway.desk.calendar import hours
from lib.workbench import write_house

CALENDARS = """
[[calendar]]
name = "office"
timezone = "Europe/Berlin"
open = ["mon-fri 09:00-17:00"]
closed = ["12-24 Christmas Eve"]

[[calendar]]
name = "always"
always_open = true
"""
SAID = """title = "A day off"
desk = "north"
start = 2026-03-02T16:00:00+01:00
strict = false

[[holiday]]
date = 2026-03-03
name = "Founder's Day"

[[holiday]]
date = "2026-12-24"

[[step]]
mail = '''
From: Jan <jan@klant.example>
To: help@north.example
Subject: It does not open

Nothing happens.'''

[[step]]
at = 2026-03-04T09:59:59+01:00
expect = [{ mail = "-" }]

[[step]]
after = "1s"
expect = [{ mail = "customer/reminder" }]
"""


def test_nobody_works_on_a_holiday(tmp_path: Path) -> None:
    """A timer of two hours of opening, set an hour before the evening, skips the day off."""
    path = write_house(tmp_path / "house", "sqlite:///casepost.db")
    desk = path.parent / "desks" / "north.toml"
    timed = desk.read_text().replace('after = "7d"', 'after = "2h"\ncalendar = "office"')
    desk.write_text(timed + CALENDARS)
    conversation = tmp_path / "conversation.toml"
    conversation.write_text(SAID)
    played = play(conversation, load(path), tmp_path / "data")
    assert [] == [str(one) for one in played.differences]


def test_it_is_known_by_its_name_on_that_desk_alone(tmp_path: Path) -> None:
    """Whatever else is closed stays closed, and what is always open stays open."""
    path = write_house(tmp_path / "house", "sqlite:///casepost.db")
    for desk in (path.parent / "desks").glob("*.toml"):
        desk.write_text(desk.read_text() + CALENDARS)
    configuration = load(path)
    conversation = tmp_path / "conversation.toml"
    conversation.write_text(SAID)
    holidays = read(conversation, ["north"]).holidays
    north, south = with_holidays(configuration, "north", holidays).desks
    day = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
    assert "Founder's Day" == hours(north, "office").holiday(day)
    assert "Christmas Eve" == hours(north, "office").holiday(day.replace(2027, 12, 24))
    assert not hours(north, "office").is_open(day.replace(month=12, day=24))
    assert hours(north, "always").is_open(day)
    assert hours(south, "office").is_open(day)
    assert configuration.desks[0] == with_holidays(configuration, "north", ()).desks[0]
