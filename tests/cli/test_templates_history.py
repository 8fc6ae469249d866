"""templates history, revert, export: what was written in the console, and the way back."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway import editing
from gateway.templates.folder import Key
from lib.commands import Casepost
from lib.workbench import START, Workbench, workbench

CONFIG = ("--config", "house/casepost.toml")
NAME = "customer/acknowledge"
SUBJECT = Key("", "en", NAME, "subject.txt")
ADA = "ada@north.example"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A house where somebody wrote a subject twice."""
    with workbench(tmp_path, "sqlite:///casepost.db") as opened:
        first = editing.save(opened.house, SUBJECT, "One {{ subject }}\n", ADA, "first", START, 0)
        editing.save(opened.house, SUBJECT, "Two {{ subject }}\n", ADA, "", START, first)
        yield opened


@pytest.mark.usefixtures("bench")
def test_what_was_written_is_listed(casepost: Casepost) -> None:
    """Beside what it stands for; the files alone are listed if they are asked for."""
    every = ("templates", "list", "--desk", "north", "--language", "en", "--json", *CONFIG)
    (row,) = (row for row in json.loads(casepost(*every).out) if row["name"] == NAME)
    assert {
        "file": SUBJECT.path,
        "shipped": False,
        "own": False,
        "version": 2,
        "author": ADA,
        "file_changed": False,
    } == row["parts"]["subject.txt"]
    (row,) = (r for r in json.loads(casepost(*every, "--files-only").out) if r["name"] == NAME)
    assert row["parts"]["subject.txt"]["shipped"]
    human = casepost("templates", "list", "--desk", "north", "--language", "en", *CONFIG)
    assert "version 2" in human.out
    preview = ("templates", "preview", NAME, "--desk", "north", "--language", "en", *CONFIG)
    assert "Two Rapport opent niet" in casepost(*preview).out.partition("\n")[0]
    assert "Two" not in casepost(*preview, "--files-only").out.partition("\n")[0]


@pytest.mark.usefixtures("bench")
def test_a_history_and_the_way_back(casepost: Casepost) -> None:
    """To an earlier version, to the file, and to nothing that is not there."""
    history = ("templates", "history", *CONFIG)
    found = json.loads(casepost(*history, SUBJECT.path, "--json").out)
    assert [(2, "Two {{ subject }}\n", ""), (1, "One {{ subject }}\n", "first")] == [
        (one["version"], one["text"], one["note"]) for one in found
    ]
    assert "One {{ subject }}\n" == casepost(*history, "--text", "1").out
    revert = ("templates", "revert", SUBJECT.path, *CONFIG)
    assert "version 1 again, as version 3" in casepost(*revert, "--to", "1").out
    assert "the file again, as version 4" in casepost(*revert, "--note", "why").out
    assert "nothing to do" in casepost(*revert).out
    found = json.loads(casepost(*history, "--json").out)
    assert [(4, "operator", "why", None)] == [
        (one["version"], one["author"], one["note"], one["text"]) for one in found
    ]
    assert "the file" in casepost(*history).out
    for arguments, sentence in (
        (("revert", "en/customer/answer/body.txt"), "nothing was written in the console"),
        (("revert", SUBJECT.path, "--to", "4"), "is none of en/customer/acknowledge/subject.txt"),
        (("revert", "../../secret"), "is no template"),
        (("history", "--text", "99"), "there is no version 99"),
    ):
        ended = casepost("templates", *arguments, *CONFIG)
        assert (2, True) == (ended.code, sentence in ended.err)


def test_what_was_written_as_files(bench: Workbench, casepost: Casepost) -> None:
    """In the templates folder they say the same without the console."""
    folder = bench.house.settings.templates
    ended = casepost("templates", "export", str(folder), "--console", *CONFIG)
    assert f"1 files written to {folder}" in ended.out
    assert "Two {{ subject }}\n" == (folder / SUBJECT.path).read_text()
    ended = casepost("templates", "export", str(folder), "--console", "--desk", "south", *CONFIG)
    assert "0 files written" in ended.out


def test_what_is_broken_is_found(bench: Workbench, casepost: Casepost) -> None:
    """A file that changes under a version is seen; one that is broken is no way back."""
    file = bench.house.settings.templates / SUBJECT.path
    file.parent.mkdir(parents=True)
    file.write_text("{{ no }}")
    ended = casepost("templates", "revert", SUBJECT.path, *CONFIG)
    assert (2, True) == (ended.code, 'subject.txt:1: there is no value "no"' in ended.err)
    listed = casepost("templates", "list", "--desk", "north", "--language", "en", *CONFIG)
    assert "file changed" in " ".join(listed.out.split())
