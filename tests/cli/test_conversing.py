"""simulate and check: conversations by hand, and with everything else that admins write."""

import json
from pathlib import Path

import pytest

from lib.commands import Casepost
from lib.workbench import write_house

CONFIG = ("--config", "house/casepost.toml")
TALK = '''title = "A new mail"
desk = "north"
start = 2026-03-02T09:00:00Z

[[step]]
mail = """
From: Jan <jan@klant.example>
To: help@north.example
Subject: It does not open

Nothing happens."""
expect = [
  { ticket = 1, status = "New" },
  { mail = "customer/acknowledge", to = "jan@klant.example" },
  { mail = "agent/new", to = "ada@north.example" },
]
'''


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    """A conversation of the desk `north`, beside its file."""
    write_house(tmp_path / "house", "sqlite:///casepost.db")
    path = tmp_path / "house" / "desks" / "north" / "conversations" / "new.toml"
    path.parent.mkdir(parents=True)
    path.write_text(TALK)
    return path


def test_a_conversation_is_told_as_a_time_line(casepost: Casepost, talk: Path) -> None:
    """When which mail came, what became of it, and what went out."""
    ended = casepost("simulate", talk, *CONFIG)
    assert (0, "") == (ended.code, ended.err)
    for text in (
        "A new mail",
        "Mon 2026-03-02 09:00:00 UTC",
        "→ jan@klant.example to help@north.example",
        "NO-00013",
        "← jan@klant.example  customer/acknowledge",
        "1 conversation, all as expected",
    ):
        assert text in ended.out


def test_timers_stand_where_they_fire(casepost: Casepost, talk: Path) -> None:
    """On the way to a step, with what they send and lead to, each at its own time."""
    waits = """
[[step]]
after = "20d"
expect = [{ mail = "customer/reminder" }, { mail = "customer/closed" }]
"""
    talk.write_text(TALK + waits)
    ended = casepost("simulate", talk, *CONFIG)
    assert (0, "") == (ended.code, ended.err)
    lines = [line.strip("│├└─ ") for line in ended.out.splitlines()]
    start = lines.index("Sun 2026-03-22 09:00:00 UTC") + 1
    beginnings = (
        "⏲ NO-00013  remind after 7d at 2026-03-09 09:00:00",
        "← jan@klant.example  customer/reminder at 2026-03-09 09:00:00",
        "⏲ NO-00013  close after 14d → Done at 2026-03-16 09:00:00",
        "← jan@klant.example  customer/closed at 2026-03-16 09:00:00",
        "ticket NO-00013  Done (closed)",
    )
    for line, beginning in zip(lines[start:], beginnings, strict=False):
        assert beginning == line[: len(beginning)]
    (one,) = json.loads(casepost("simulate", "--json", talk, *CONFIG).out)
    fired = one["timeline"][1]["fired"]
    assert [("remind", None), ("close", "Done")] == [(t["timer"], t["status"]) for t in fired]


def test_a_difference_is_a_finding(casepost: Casepost, talk: Path, tmp_path: Path) -> None:
    """It is told with its place; the other conversations are played all the same."""
    other = talk.with_name("other.toml")
    other.write_text(TALK.replace('"New"', '"Done"'))
    ended = casepost("simulate", other, talk, *CONFIG)
    assert 1 == ended.code
    assert (
        f"{other.relative_to(tmp_path)}:13: step 1: ticket 1 (NO-00013) is not as expected:"
        in ended.out
    )
    assert 'status is "New", not "Done"' in ended.out
    assert "2 conversations, 1 went otherwise than expected" in ended.out


def test_simulate_speaks_json(casepost: Casepost, talk: Path) -> None:
    """One object a conversation."""
    talk.write_text(TALK.replace('"New"', '"Done"'))
    ended = casepost("simulate", "--json", talk, *CONFIG)
    assert 1 == ended.code
    (one,) = json.loads(ended.out)
    assert (False, "north", "A new mail") == (one["passed"], one["desk"], one["title"])
    (difference,) = one["differences"]
    assert (13, 1, ['status is "New", not "Done"']) == (
        difference["line"],
        difference["step"],
        difference["details"],
    )
    (moment,) = one["timeline"]
    assert "2026-03-02T09:00:00+00:00" == moment["at"]
    assert "customer/acknowledge" == moment["sent"][0]["mail"]


def test_all_files_are_read_before_one_is_played(casepost: Casepost, talk: Path) -> None:
    """What is wrong in any of them is wrong use."""
    broken = talk.with_name("broken.toml")
    broken.write_text(TALK.replace("title", "titel"))
    ended = casepost("simulate", talk, broken, *CONFIG)
    assert (2, "") == (ended.code, ended.out)
    assert 'unknown key "titel"; did you mean "title"?' in ended.err


def test_a_conversation_takes_another_database(
    casepost: Casepost, talk: Path, database_url: str
) -> None:
    """The same file runs on SQLite and on PostgreSQL."""
    ended = casepost("simulate", talk, "--database", database_url, *CONFIG)
    assert (0, "") == (ended.code, ended.err)


def test_nothing_is_left_behind(casepost: Casepost, talk: Path, tmp_path: Path) -> None:
    """The house itself is not touched."""
    casepost("simulate", talk, *CONFIG)
    casepost("check", *CONFIG)
    assert not (tmp_path / "house" / "data").exists()


def test_a_sound_house_has_no_finding(casepost: Casepost, talk: Path) -> None:
    """Check counts what it looked at."""
    del talk
    ended = casepost("check", *CONFIG)
    assert (0, "") == (ended.code, ended.err)
    assert ended.out.startswith("2 desks, ")
    assert ended.out.endswith(" templates, 1 conversation, no finding\n")


def test_check_says_what_no_conversation_puts_to_use(
    casepost: Casepost, talk: Path, tmp_path: Path
) -> None:
    """Of each desk, when it is asked for; what is left out is no finding."""
    del talk
    desk = tmp_path / "house" / "desks" / "north.toml"
    rules = "".join(
        f'[[rule]]\nname = "{name}"\ntag = ["{word}"]\n'
        f"when = 'mail.subject.mentions([\"{word}\"])'\n"
        for name, word in (("of opening", "open"), ("of nothing", "nothing"))
    )
    desk.write_text(f"{desk.read_text()}\n{rules}")
    ended = casepost("check", "--coverage", *CONFIG)
    lines = ended.out.splitlines()
    assert (0, "") == (ended.code, ended.err)
    assert {"north: 1 of 2 rules used", "    rule of nothing: in no conversation"} <= set(lines)
    assert "    template customer/merged: in no conversation" in lines
    assert "    template customer/acknowledge: in no conversation" not in lines


def test_check_finds_what_is_wrong_in_templates_and_conversations(
    casepost: Casepost, talk: Path, tmp_path: Path
) -> None:
    """Each finding is `FILE:LINE: message`, the paths as short as they can be."""
    template = tmp_path / "house" / "templates" / "en" / "customer" / "acknowledge" / "body.txt"
    template.parent.mkdir(parents=True)
    template.write_text("Hello\n{{ persn.name }}\n")
    talk.write_text(TALK.replace('"New"', '"Done"'))
    talk.with_name("broken.toml").write_text(TALK.replace("desk =", "dask ="))
    ended = casepost("check", *CONFIG)
    assert 1 == ended.code
    folder = "house/desks/north/conversations"
    lines = ended.out.splitlines()
    assert any(line.startswith(f"{template.relative_to(tmp_path)}:2: ") for line in lines)
    assert f'{folder}/broken.toml:2: unknown key "dask"; did you mean "desk"?' in lines
    assert f"{folder}/new.toml:13: step 1: ticket 1 (NO-00013) is not as expected:" in lines
    assert lines[-1].endswith("2 conversations, 4 findings")


def test_check_finds_what_is_wrong_in_the_configuration(
    casepost: Casepost, talk: Path, tmp_path: Path
) -> None:
    """Findings of the configuration are findings, too, and not wrong use."""
    del talk
    path = tmp_path / "house" / "casepost.toml"
    path.write_text(path.read_text() + "\n[msg]\n")
    ended = casepost("check", *CONFIG)
    assert (1, "") == (ended.code, ended.err)
    finding, summary = ended.out.splitlines()
    assert finding.startswith("house/casepost.toml:10: unknown key")
    assert "1 finding" == summary


def test_check_finds_what_is_wrong_in_templates_beside_the_configuration(
    casepost: Casepost, talk: Path, tmp_path: Path
) -> None:
    """Everything at once: a refused desk hides nothing of the others, and its folder is known."""
    del talk
    house = tmp_path / "house"
    for text, *place in (
        ("{{ persn.name }}\n", "en", "customer", "acknowledge"),
        ("{% if %}\n", "desks", "north", "en", "customer", "acknowledge"),
        ("Hello\n", "desks", "east", "en", "customer", "acknowledge"),
    ):
        folder = house.joinpath("templates", *place)
        folder.mkdir(parents=True)
        (folder / "body.txt").write_text(text)
    north = house / "desks" / "north.toml"
    north.write_text(f"titel = 'North'\n{north.read_text()}")
    south = next(path for path in (house / "desks").glob("*.toml") if path != north)
    rule = "[[rule]]\nname = 'one'\nwhen = 'true'\nreply = 'faq/none'\n"
    south.write_text(f"{south.read_text()}\n{rule}")
    ended = casepost("check", *CONFIG)
    assert (1, "") == (ended.code, ended.err)
    *lines, summary = ended.out.splitlines()
    assert any(line.startswith("house/desks/north.toml:1: unknown key") for line in lines)
    assert any('there is no template "faq/none"' in line for line in lines)
    assert any('there is no desk "east"' in line for line in lines)
    assert not any('there is no desk "north"' in line for line in lines)
    templates = {line.split(":")[0] for line in lines if "/acknowledge/body.txt:" in line}
    assert {
        "house/templates/en/customer/acknowledge/body.txt",
        "house/templates/desks/north/en/customer/acknowledge/body.txt",
        "house/templates/desks/east/en/customer/acknowledge/body.txt",
    } == templates
    assert f"{len(lines)} findings" == summary
