"""Commands take what was written in the console as the daemon does, unless told otherwise."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway import editing
from gateway.config.load import load
from gateway.doctor.ground import check_ground
from gateway.store import template_versions
from gateway.templates.folder import Key
from lib.commands import Casepost
from lib.workbench import START, Workbench, workbench

CONFIG = ("--config", "house/casepost.toml")
SUBJECT = Key("", "en", "customer/acknowledge", "subject.txt")
ADA = "ada@north.example"

_CONVERSATION = """
title = "A subject of our own"
desk = "north"
start = 2026-03-02T09:00:00+00:00

[[step]]
from = "jan@klant.example"
mail = '''
From: Jan <jan@klant.example>
To: help@north.example
Subject: The report does not open

It stays white.'''
expect = [
  { mail = "customer/acknowledge", subject = "Ours: The report does not open" },
  { mail = "agent/new", to = "ada@north.example" },
]
"""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A house with a database."""
    with workbench(tmp_path, "sqlite:///casepost.db") as opened:
        yield opened


def test_a_version_that_is_broken_is_a_finding(bench: Workbench, casepost: Casepost) -> None:
    """As after an upgrade: the daemon goes on, and check, status and doctor say so."""
    assert 0 == casepost("check", *CONFIG).code
    with bench.house.database.writing() as connection:
        template_versions.save(connection, SUBJECT, "{{ gone }}", ADA, "", START, 0)
    said = f'{SUBJECT.path} (version 1, by {ADA}):1: there is no value "gone"'
    for command in (("check",), ("templates", "check")):
        ended = casepost(*command, *CONFIG)
        assert (1, True) == (ended.code, said in ended.out)
        assert 0 == casepost(*command, "--files-only", *CONFIG).code
    listed = f"1 finding in templates: {SUBJECT.path} (version 1, by {ADA})"
    assert listed in casepost("status", *CONFIG).out
    configuration = load(bench.house.settings.templates.parent / "casepost.toml")
    found = {check.name: check.message for check in check_ground(configuration, START)}
    assert said in found["templates"]


def test_files_are_checked_without_a_database(bench: Workbench, casepost: Casepost) -> None:
    """Before there is one nothing is said of it; one that does not answer is named."""
    path = bench.house.settings.templates.parent / "casepost.toml"
    path.write_text(path.read_text().replace("casepost.db", "none.db"))
    ended = casepost("check", *CONFIG)
    assert (0, "") == (ended.code, ended.err)
    assert not (bench.house.data / "none.db").exists()
    nobody = "postgresql+psycopg://127.0.0.1:1/casepost"
    path.write_text(path.read_text().replace("sqlite:///none.db", nobody))
    ended = casepost("check", *CONFIG)
    assert (0, True) == (ended.code, "what was written in the console is left out" in ended.err)


@pytest.mark.thorough
def test_conversations_say_what_was_written(bench: Workbench, casepost: Casepost) -> None:
    """In simulate and in check alike."""
    house = bench.house.settings.templates.parent
    file = house / "desks" / "north" / "conversations" / "ours.toml"
    file.parent.mkdir(parents=True)
    file.write_text(_CONVERSATION)
    editing.save(bench.house, SUBJECT, "Ours: {{ subject }}", ADA, "", START, 0)
    for command in (("simulate", str(file)), ("check",)):
        assert 0 == casepost(*command, *CONFIG).code
        assert 1 == casepost(*command, "--files-only", *CONFIG).code
