"""Many conversations at once: in other processes, each in its own house, told in their order."""

import os
from pathlib import Path

import pytest

from gateway.cli.scratch import scratch
from gateway.config.load import load
from gateway.conversation import Played, play_all
from lib.workbench import write_house

_TALK = """title = "{title}"
desk = "north"
start = 2026-03-02T09:00:00+01:00
strict = false

[[step]]
mail = '''
From: Jan <jan@klant.example>
To: help@north.example
Subject: {title}

It stays white.'''
expect = [{{ ticket = 1, subject = "{title}", status = "New" }}, {{ tickets = 1 }}]
"""


@pytest.mark.thorough
@pytest.mark.parametrize(("cores", "titles"), [(1, "ab"), (2, "abcdef")])
def test_outcomes_come_in_the_order_of_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cores: int, titles: str
) -> None:
    """Whoever plays them; one that is broken gives its findings, and stops no other."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(cores))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
    configuration = load(write_house(tmp_path / "house", "sqlite:///casepost.db"))
    paths = []
    for title in titles:
        path = tmp_path / f"{title}.toml"
        path.write_text(_TALK.format(title=title))
        paths.append(path)
    paths[1].write_text(_TALK.format(title="b").replace("desk =", "dask ="))

    found = list(play_all(paths, configuration, scratch))

    assert [*titles.replace("b", "-")] == [
        one.title if isinstance(one, Played) else "-" for one in found
    ]
    assert {()} == {one.differences for one in found if isinstance(one, Played)}
    assert not isinstance(found[1], Played)
    assert [f'{paths[1]}:2: unknown key "dask"; did you mean "desk"?'] == [
        str(finding) for finding in found[1] if "unknown" in finding.message
    ]


def test_no_conversation_needs_no_house(tmp_path: Path) -> None:
    """There is nothing to prepare."""
    configuration = load(write_house(tmp_path / "house", "sqlite:///casepost.db"))
    assert [] == list(play_all([], configuration, scratch))
