"""kb: a folder of articles is brought in whole, or refused with every finding."""

import json
import os
from pathlib import Path

import pytest

from lib.commands import Casepost
from lib.workbench import Workbench

CONFIG = ("--config", "house/casepost.toml")
WHITE = """\
---
title: "The report stays white"
language: en
product: Reports
tags: [blank, empty page]
url: https://help.klant.example/white?a=1
---

# The report stays white

Clear the **cache** of [your browser](https://browser.example/).
"""
DUTCH = "\ufeff---\r\ntitle: Het rapport blijft wit\r\nlanguage: nl\r\n---\r\nWis de cache.\r\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, bench: Workbench) -> Path:
    """Two articles and what is none."""
    del bench
    kb = tmp_path / "kb"
    (kb / "nl").mkdir(parents=True)
    (kb / "_drafts").mkdir()
    (kb / "white.md").write_text(WHITE)
    (kb / "nl" / "wit.md").write_text(DUTCH, encoding="utf-8")
    for other in ("README.md", "picture.png", "_drafts/later.md", ".hidden.md"):
        (kb / other).write_text("no article")
    return kb


def test_a_folder_is_brought_in_and_brought_up_to_date(
    casepost: Casepost, bench: Workbench, folder: Path
) -> None:
    """A file is its article, whatever its title; what is gone is withdrawn, and said so."""
    first = casepost("kb", "import", "kb", *CONFIG)
    second = casepost("kb", "import", "kb", "--json", *CONFIG)
    (_, row) = bench.rows("articles")
    (folder / "white.md").write_text(WHITE.replace("The report stays", "Reports stay"))
    (folder / "nl" / "wit.md").unlink()
    kept = casepost("kb", "import", "kb", "--keep", "--json", *CONFIG)
    third = casepost("kb", "import", "kb", *CONFIG)

    assert (0, "2 new, 0 changed, 0 unchanged, 0 withdrawn\n") == (first.code, first.out)
    counted = {"new": 0, "changed": 0, "unchanged": 2, "withdrawn": [], "findings": []}
    assert counted == json.loads(second.out)
    assert {**counted, "changed": 1, "unchanged": 0} == json.loads(kept.out)
    withdrawn = "withdrawn: nl/wit.md\n0 new, 0 changed, 1 unchanged, 1 withdrawn\n"
    assert withdrawn == third.out
    (gone, after) = bench.rows("articles")
    assert (row["id"], "Reports stay white") == (after["id"], after["title"])
    assert gone["withdrawn"]
    expected = (
        "The report stays white\n\nClear the cache of your browser (https://browser.example/)."
    )
    assert expected == row["text"]


def test_articles_are_listed_and_found(casepost: Casepost) -> None:
    """With their scores; a program gets JSON."""
    casepost("kb", "import", "kb", "--as", "help", *CONFIG)

    (listed, _) = sorted(
        json.loads(casepost("kb", "list", "--json", *CONFIG).out), key=lambda one: one["language"]
    )
    (found,) = json.loads(casepost("kb", "search", "white", "reports", "--json", *CONFIG).out)
    nothing = casepost("kb", "search", '"* OR NEAR(', "--language", "nl", *CONFIG)

    assert {
        "id": listed["id"],
        "source": "help",
        "path": "white.md",
        "title": "The report stays white",
        "language": "en",
        "product": "Reports",
        "tags": ["blank", "empty page"],
        "url": "https://help.klant.example/white?a=1",
        "clicks": 0,
    } == listed
    assert (listed["id"], listed["title"], 1.0) == (found["id"], found["title"], found["score"])
    assert (0, "nothing fits\n") == (nothing.code, nothing.out)
    assert "Het rapport blijft wit" in casepost("kb", "list", *CONFIG).out
    assert "1.00" in casepost("kb", "search", "rapport", *CONFIG).out


def test_all_that_is_wrong_in_a_folder_is_said_at_once(
    casepost: Casepost, bench: Workbench, folder: Path
) -> None:
    """As JSON as well; titles that nobody can tell apart among it. Nothing is changed."""
    (folder / "a.md").write_text("nothing")
    (folder / "b.md").write_bytes(b"---\n\xff")
    (folder / "same.md").write_text(WHITE)
    Path(os.fsdecode(bytes(folder) + b"/\xff.md")).write_text(WHITE)

    ended = casepost("kb", "import", "kb", "--json", *CONFIG)
    shown = casepost("kb", "import", "kb", *CONFIG)

    assert (1, 1) == (ended.code, shown.code)
    assert shown.out.endswith("nothing was changed\n")
    assert [] == bench.rows("articles")
    title = "The report stays white"
    unseen = "the name has a character that cannot be seen, or is not UTF-8"
    assert json.loads(ended.out)["findings"][-2].endswith(unseen)
    same = f'kb/white.md: "{title}" is the title of same.md as well, for the same product'
    assert same == json.loads(ended.out)["findings"][-1]

    assert [
        'kb/a.md:1: has no front matter: the first line must be "---"',
        "kb/b.md:2: is not UTF-8 text; save the file in that encoding",
    ] == json.loads(ended.out)["findings"][:2]


def test_an_empty_folder_withdraws_nothing_by_mistake(
    casepost: Casepost, bench: Workbench, folder: Path
) -> None:
    """It has to be said; a folder that is not there is wrong use."""
    casepost("kb", "import", "kb", *CONFIG)
    for file in folder.rglob("*.md"):
        file.unlink()

    empty = casepost("kb", "import", "kb", *CONFIG)
    missing = casepost("kb", "import", "nowhere", *CONFIG)
    meant = casepost("kb", "import", "kb", "--withdraw-all", *CONFIG)

    assert (1, 2, 0) == (empty.code, missing.code, meant.code)
    assert "there is no article (*.md) in this folder" in empty.out
    assert meant.out.endswith("0 new, 0 changed, 0 unchanged, 2 withdrawn\n")
    assert all(row["withdrawn"] for row in bench.rows("articles"))


def test_questions_are_counted_that_find_their_article(casepost: Casepost, tmp_path: Path) -> None:
    """By language, and by what a threshold lets through; a wrong file is said with its line."""
    casepost("kb", "import", "kb", *CONFIG)
    (tmp_path / "questions.toml").write_text(
        '[[query]]\nlanguage = "en"\narticle = "white.md"\ntext = "The report is white"\n'
        '[[query]]\nlanguage = "en"\ntext = "Lunch?"\n'
    )
    (tmp_path / "wrong.toml").write_text('[[query]]\nlangage = "en"\ntext = 1\n')

    measured = json.loads(casepost("kb", "measure", "questions.toml", "--json", *CONFIG).out)
    shown = casepost("kb", "measure", "questions.toml", *CONFIG).out
    wrong = casepost("kb", "measure", "wrong.toml", *CONFIG)

    assert {
        "languages": {"en": {"questions": 1, "first": 1, "third": 1}},
        "threshold": 0.3,
        "right": 1,
        "wrong": 0,
        "uncalled": 0,
        "without": 1,
    } == measured
    assert "with a threshold of 0.30: 1 suggested first are right, 0 are wrong" in shown
    assert 2 == wrong.code
    assert 'wrong.toml:2: "langage" is not known here; did you mean "language"?' in wrong.err
