"""Versions of templates: of each file the newest holds, and nobody writes over somebody else."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from gateway.store import template_versions
from gateway.store.conflict import Conflict
from gateway.templates.folder import Edited, Key
from lib.workbench import START, Workbench

TEXT = Key("", "nl", "customer/acknowledge", "body.txt")
SUBJECT = Key("north", "nl", "customer/acknowledge", "subject.txt")
ADA = "ada@north.example"


def save(bench: Workbench, key: Key, text: str | None, based_on: int = 0, note: str = "") -> int:
    """Save a version in a transaction of its own."""
    with bench.house.database.writing() as connection:
        now = START + timedelta(minutes=based_on)
        return template_versions.save(connection, key, text, ADA, note, now, based_on, "abc")


def tried(bench: Workbench, text: str) -> int:
    """Save a first version; 0 where somebody else was first."""
    try:
        return save(bench, TEXT, text)
    except Conflict:
        return 0


def test_of_each_file_the_newest_holds(bench: Workbench) -> None:
    """The others are its history; each can be found by its id."""
    with bench.house.database.reading() as connection:
        assert () == template_versions.newest(connection)
        assert 0 == template_versions.last_id(connection)
    first = save(bench, TEXT, "one", note="n" * 1000)
    other = save(bench, SUBJECT, "subject")
    second = save(bench, TEXT, "two", first)
    with bench.house.database.reading() as connection:
        newest = template_versions.newest(connection)
        assert ["two", "subject"] == [one.text for one in newest]
        assert [TEXT, SUBJECT] == [one.key for one in newest]
        history = template_versions.history(connection, TEXT)
        assert [second, first] == [one.id for one in history]
        assert second == template_versions.last_id(connection)
        found = template_versions.find(connection, other)
        assert found is not None
        assert ("north", "nl", "subject", ADA, START) == (
            found.folder,
            found.language,
            found.text,
            found.author,
            found.at,
        )
        assert None is template_versions.find(connection, 999)
        assert template_versions.LONGEST_NOTE == len(history[1].note)
        edited = template_versions.edited(newest)
        assert Edited(TEXT, "two", second, ADA, "abc") == edited[0]


def test_a_version_without_text_gives_way_to_the_file(bench: Workbench) -> None:
    """It is the newest all the same, and what comes next is based on it."""
    first = save(bench, TEXT, "one")
    second = save(bench, TEXT, None, first)
    with bench.house.database.reading() as connection:
        newest = template_versions.newest(connection)
        assert [None] == [one.text for one in newest]
        assert () == template_versions.edited(newest)
    with pytest.raises(Conflict):
        save(bench, TEXT, "again", first)
    save(bench, TEXT, "again", second)


def test_of_those_who_save_at_once_one_does(bench: Workbench) -> None:
    """The others learn of it; of another file nobody else has a version in hand."""
    with ThreadPoolExecutor(4) as admins:
        found = list(admins.map(lambda n: tried(bench, f"by {n}"), range(4)))
    assert [0, 0, 0] == sorted(found)[:3]
    with bench.house.database.reading() as connection:
        (one,) = template_versions.history(connection, TEXT)
    assert max(found) == one.id
    save(bench, SUBJECT, "subject")
    with pytest.raises(Conflict, match="somebody else has saved customer/acknowledge"):
        save(bench, TEXT, "late", 0)
