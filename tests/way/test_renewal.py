"""What a changed configuration does to an open house, without a daemon around it."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.config.load import load
from gateway.house import open_house
from gateway.renewal import Renewing
from gateway.store import limits
from gateway.store.migrate import migrate
from lib.workbench import Workbench, write_house

_MORE = """
[[listener]]
port = 2525

[worker]
processes = 2
batch = 20

[web]
port = 8025

[sending]
address_hour = 7
"""

_OIDC = """
[console.oidc]
issuer = "https://identity.example"
client_id = "casepost"
client_secret_file = "oidc"
"""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Path, Workbench]]:
    """The main file of a house, and the house."""
    path = write_house(tmp_path / "house", "sqlite:///casepost.db")
    path.write_text(path.read_text() + _MORE)
    house = open_house(load(path))
    migrate(house.database)
    yield path, Workbench(house)
    house.database.close()


def edit(path: Path, old: str, new: str) -> None:
    """Change every place of a text in a file."""
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def alarms(bench: Workbench) -> tuple[str, ...]:
    """Give the alarms that stand."""
    with bench.house.database.reading() as connection:
        return limits.raised(connection, bench.now())


def test_what_is_opened_at_the_start_waits_for_the_next(
    place: tuple[Path, Workbench], caplog: pytest.LogCaptureFixture
) -> None:
    """It is named; everything else holds at once, and the house stays open."""
    path, bench = place
    for old, new in (
        ("port = 2525", "port = 2526"),
        ("processes = 2", "processes = 3"),
        ("batch = 20", "batch = 30"),
        ("port = 8025", 'port = 8026\nbase_url = "https://help.example"'),
        ("address_hour = 7", "address_hour = 8"),
        ('hostname = "mx.test"', 'hostname = "mx2.test"'),
    ):
        edit(path, old, new)
    with caplog.at_level(logging.WARNING):
        renewal = Renewing(path, bench.house, "all").renew(bench.house)

    assert renewal is not None
    assert ("hostname", "listener", "worker.processes", "web") == renewal.later
    assert 4 == caplog.text.count("takes effect at the next start")
    was, now = bench.house.settings, renewal.house.settings
    assert (was.hostname, was.listener) == (now.hostname, now.listener)
    assert (2, 30, 8) == (now.worker.processes, now.worker.batch, now.sending.address_hour)
    assert now.web is not None
    assert (8025, "https://help.example") == (now.web.port, now.web.base_url)
    assert bench.house.database is renewal.house.database


def test_the_console_holds_at_once_what_is_not_bound_or_loaded_at_the_start(
    place: tuple[Path, Workbench],
) -> None:
    """Its address and the ways to sign in wait; how long sessions last does not."""
    path, bench = place
    path.write_text(f"{path.read_text()}\n[console]\n")
    bench.house = replace(bench.house, settings=load(path).settings)
    edit(path, "[console]\n", f"[console]\nport = 8999\nidle = 60\npasswords = false\n{_OIDC}")
    renewal = Renewing(path, bench.house, "all").renew(bench.house)

    assert renewal is not None
    assert ("console",) == renewal.later
    now = renewal.house.settings.console
    assert now is not None
    assert (8026, 60, True, None) == (now.port, now.idle, now.passwords, now.oidc)


def test_pages_begin_and_end_with_a_start(place: tuple[Path, Workbench]) -> None:
    """Their port is bound then."""
    path, bench = place
    edit(path, "[web]\nport = 8025\n", "")
    renewal = Renewing(path, bench.house, "all").renew(bench.house)
    assert renewal is not None
    assert ("web",) == renewal.later
    assert bench.house.settings.web == renewal.house.settings.web


def test_a_wrong_template_refuses_the_whole_set(place: tuple[Path, Workbench]) -> None:
    """Its finding is the alarm, until the files are right."""
    path, bench = place
    template = path.parent / "templates/en/customer/acknowledge/body.txt"
    template.parent.mkdir(parents=True)
    template.write_text("Hello {{ persn.name }}\n")
    edit(path.parent / "desks/north.toml", "North Help", "Northern Help")
    renewing = Renewing(path, bench.house, "all")

    assert renewing.renew(bench.house) is None
    (alarm,) = alarms(bench)
    assert f"{template}:1: " in alarm
    assert "goes on with the one before it" in alarm

    edit(template, "persn", "person")
    renewal = renewing.renew(bench.house)
    assert renewal is not None
    assert ["Northern Help", "South Help"] == [desk.title for desk in renewal.house.desks]
    assert () == alarms(bench)


def test_whatever_is_wrong_with_the_files_the_daemon_goes_on(
    place: tuple[Path, Workbench],
) -> None:
    """Without its main file, too; and a new start is a new beginning."""
    path, bench = place
    path.unlink()
    assert Renewing(path, bench.house, "all").renew(bench.house) is None
    assert [f"{path}: there is no such file"] == [
        alarm.partition("the first is ")[2] for alarm in alarms(bench)
    ]

    Renewing(path, bench.house, "all").tell()
    assert () == alarms(bench)
