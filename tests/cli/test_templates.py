"""templates: where each text comes from, whether it is sound, and what it comes to."""

import json
from pathlib import Path

from gateway.templates import shipped_folder
from lib.commands import Casepost
from lib.workbench import Workbench, mail, write_house

CONFIG = ("--config", "house/casepost.toml")
NAME = "customer/acknowledge"


def write(folder: Path, path: str, text: str) -> Path:
    """Put a template into the admin's folder."""
    place = folder / "house" / "templates" / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    return place


def test_the_list_says_where_each_part_comes_from(casepost: Casepost, tmp_path: Path) -> None:
    """A desk's own, the admin's, or the shipped one; and what is not there at all."""
    write_house(tmp_path / "house", "sqlite:///casepost.db")
    own = write(tmp_path, f"desks/north/en/{NAME}/body.txt", "Ours")
    mine = write(tmp_path, f"en/{NAME}/subject.txt", "Mine")
    write(tmp_path, "en/faq/outage/body.txt", "Half")
    rows = json.loads(casepost("templates", "list", "--language", "en", "--json", *CONFIG).out)
    found = {(row["desk"], row["name"]): row for row in rows}
    north, south = found["north", NAME], found["south", NAME]
    nobody = {"version": 0, "author": "", "file_changed": False}
    assert {
        "subject.txt": {"file": str(mine.resolve()), "shipped": False, "own": False, **nobody},
        "body.txt": {"file": str(own.resolve()), "shipped": False, "own": True, **nobody},
    } == north["parts"]
    assert {"subject.txt", "body.txt", "body.html"} == set(south["parts"])
    assert south["parts"]["body.html"]["shipped"]
    assert [True, True, False] == [
        north["complete"],
        north["asked_for"],
        found["north", "faq/outage"]["complete"],
    ]
    human = casepost("templates", "list", "--desk", "north", "--language", "en", *CONFIG)
    assert (0, True) == (human.code, "own, yours" in human.out)
    assert f"north, en: {sum(r['complete'] for r in rows) // 2} of" in human.out


def test_check_prints_findings_and_ends_with_one(casepost: Casepost, tmp_path: Path) -> None:
    """FILE:LINE: message; without any it says how much was looked at."""
    write_house(tmp_path / "house", "sqlite:///casepost.db")
    sound = casepost("templates", "check", *CONFIG)
    assert (0, True) == (sound.code, "no findings" in sound.out)
    write(tmp_path, f"en/{NAME}/body.txt", "Hello\n{{ persn.name }}")
    ended = casepost("templates", "check", *CONFIG)
    sentence = 'there is no value "persn"; did you mean "person"?'
    assert 1 == ended.code
    assert f"house/templates/en/{NAME}/body.txt:2: {sentence} (at column 4)\n" in ended.out
    (finding,) = json.loads(casepost("templates", "check", "--json", *CONFIG).out)
    assert (2, 4, sentence) == (finding["line"], finding["column"], finding["message"])


def test_preview_shows_an_example(casepost: Casepost, tmp_path: Path) -> None:
    """As the desk, in the language; with the HTML in a file if it is asked for."""
    write_house(tmp_path / "house", "sqlite:///casepost.db")
    shown = ("templates", "preview", NAME, "--desk", "north", "--language", "nl", *CONFIG)
    ended = casepost(*shown, "--html-file", tmp_path / "x.html")
    assert 0 == ended.code
    assert ended.out.startswith("[AC-000018] Rapport opent niet\n\nBeste Jan Jansen,\n")
    assert "North Help\n" in ended.out
    assert f"nl/{NAME}/body.txt" in ended.err
    assert (tmp_path / "x.html").read_text().startswith("<!DOCTYPE html>")


def test_preview_says_what_is_not_there(casepost: Casepost, tmp_path: Path) -> None:
    """And what was meant."""
    write_house(tmp_path / "house", "sqlite:///casepost.db")
    for arguments, sentence in (
        (("customer/aknowledge", "--desk", "north"), f'did you mean "{NAME}"?'),
        ((NAME,), "say which desk, by --desk; there are: north, south"),
        ((NAME, "--desk", "nroth"), 'there is no desk "nroth"; there are: north, south'),
        (("agent/new", "--desk", "north", "--html-file", "x.html"), "has no body.html here"),
    ):
        ended = casepost("templates", "preview", *arguments, *CONFIG)
        assert (2, True) == (ended.code, sentence in ended.err), ended.err


def test_preview_shows_a_real_ticket(casepost: Casepost, bench: Workbench) -> None:
    """What its requester wrote goes to agents, and its own number stands in it."""
    bench.deliver(mail(body="It stays white.\n\nStill."))
    bench.work()
    number = str(bench.rows("tickets")[0]["number"])
    to_agent = casepost("templates", "preview", "agent/new", "--ticket", number, *CONFIG)
    assert 0 == to_agent.code
    assert f"New case {number}: The report does not open" in to_agent.out
    assert "It stays white." in to_agent.out
    reminder = casepost("templates", "preview", "customer/reminder", "--ticket", number, *CONFIG)
    assert f"We have not heard from you on {number}" in reminder.out
    ended = casepost("templates", "preview", NAME, "--ticket", "NO-99999", *CONFIG)
    assert (2, True) == (ended.code, "there is no ticket NO-99999" in ended.err)


def test_export_writes_what_is_shipped_and_leaves_what_is_there(
    casepost: Casepost, tmp_path: Path
) -> None:
    """An admin's changes survive a second one."""
    target = tmp_path / "mine" / f"en/{NAME}/body.txt"
    target.parent.mkdir(parents=True)
    target.write_text("changed")
    ended = casepost("templates", "export", tmp_path / "mine", "--desk", "none")
    assert (0, True) == (ended.code, "1 that were there left as they are" in ended.out)
    assert "changed" == target.read_text()
    general = [p for p in shipped_folder().rglob("*") if p.is_file() and "desks" not in p.parts]
    assert len(general) == sum(p.is_file() for p in (tmp_path / "mine").rglob("*"))
