"""explain: every stage's value and why, for any file, without a database."""

import json
from pathlib import Path

import pytest

from lib.commands import Casepost
from lib.workbench import Workbench, mail, write_house

CONFIG = ("--config", "house/casepost.toml")
KEYS = {
    "path",
    "kind",
    "reasons",
    "subject",
    "from",
    "reply_text",
    "text",
    "language",
    "attachments",
    "clues",
    "sender",
    "ticket",
    "decision",
}
LISTS = {"reasons", "attachments"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A house that was never started, and where files go."""
    write_house(tmp_path / "house", "sqlite:///casepost.db")
    return tmp_path


def explained(casepost: Casepost, *arguments: str | Path) -> list[dict[str, object]]:
    """Run explain and read its lines."""
    ended = casepost("explain", "--json", *arguments, *CONFIG)
    assert (0, "") == (ended.code, ended.err)
    found = [json.loads(line) for line in ended.out.splitlines()]
    for one in found:
        assert set(one) >= KEYS
        assert all(isinstance(one[key], list) for key in LISTS)
        assert all(isinstance(value, list) for value in one["clues"].values())
    return found


def test_a_file_is_explained(casepost: Casepost, folder: Path) -> None:
    """Every stage is there; nothing is made, not even the data folder."""
    attached = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n"
    body = "--b\n\n Hello \n--b\nContent-Type: image/png; name=a.png\n\nPNG\n--b--"
    text = mail(subject="Re: [NO-00013] x", answers="<a@b>", headers=attached, body=body)
    (folder / "letter").write_text(text)
    (one,) = explained(casepost, "letter")
    assert ("letter", "person", []) == (one["path"], one["kind"], one["reasons"])
    assert ("jan@klant.example", "Re: [NO-00013] x") == (one["from"], one["subject"])
    assert "Hello" == one["reply_text"]
    assert [{"name": "a.png", "type": "image/png", "size": 3}] == one["attachments"]
    assert {"issued": [], "references": ["<a@b>"], "numbers": ["NO-00013"]} == one["clues"]
    assert one["ticket"] is None
    assert ("north", "en") == (one["desk"], one["language"])
    decision = one["decision"]
    assert isinstance(decision, dict)
    assert ("filed", "opened") == (decision["outcome"], decision["reason"])
    assert not (folder / "house" / "data").exists()


def test_a_file_that_cannot_be_read_is_an_object(casepost: Casepost, folder: Path) -> None:
    """One bad file among many does not end the work; paths are as given."""
    (folder / "empty.eml").write_bytes(b"")
    (folder / "noise").write_bytes(bytes(range(256)) * 20)
    (folder / "fine.eml").write_text(mail())
    names = ["none.eml", ".", "empty.eml", "noise", "fine.eml"]
    found = explained(casepost, *names)
    assert names == [one["path"] for one in found]
    problem = str(found[0]["problem"])
    assert "the file cannot be read: No such file or directory" == problem
    assert "the file cannot be read: Is a directory" == found[1]["problem"]


def test_a_desk_can_be_named(casepost: Casepost, folder: Path) -> None:
    """Where no recipient says which; without one nothing can be decided."""
    (folder / "a.eml").write_text(mail(to="info@elsewhere.example"))
    (without,) = explained(casepost, "a.eml")
    (given,) = explained(casepost, "--desk", "south", "a.eml")
    assert ("", "south") == (without["desk"], given["desk"])
    assert isinstance(without["decision"], dict)
    assert "failed" == without["decision"]["outcome"]


def test_a_body_is_all_text(casepost: Casepost, folder: Path) -> None:
    """Nothing in it is taken for a header field."""
    (folder / "b.txt").write_text("From: nobody\n\nGrüße\n")
    (one,) = explained(casepost, "--body", "b.txt")
    assert ("From: nobody\n\nGrüße", "") == (one["text"], one["from"])


def test_a_stored_mail_is_explained_by_its_trace(casepost: Casepost, bench: Workbench) -> None:
    """What was known at the time counts, not what is known now."""
    bench.deliver(mail(message_id="<1@klant.example>"))
    bench.work()
    bench.deliver(mail(message_id="<2@klant.example>", answers="<1@klant.example>"))
    bench.work()
    bench.deliver(mail(message_id="<3@klant.example>"))
    (appended,) = explained(casepost, "--mail", "2")
    assert ("mail 2", "NO-00013", "filed") == (
        appended["path"],
        appended["ticket"],
        appended["state"],
    )
    assert isinstance(appended["decision"], dict)
    assert "appended" == appended["decision"]["reason"]
    (waiting,) = explained(casepost, "--mail", "3")
    assert isinstance(waiting["decision"], dict)
    assert "waiting" == waiting["decision"]["outcome"]
    human = casepost("explain", "--mail", "2", *CONFIG)
    assert "given to this sender" in human.out or "the sender takes part in it" in human.out


def test_an_unknown_mail_is_a_finding(casepost: Casepost, bench: Workbench) -> None:
    """It is no wrong use."""
    del bench
    ended = casepost("explain", "--mail", "7", *CONFIG)
    assert (1, "casepost: there is no mail 7\n") == (ended.code, ended.err)


def test_people_read_it_stage_by_stage(casepost: Casepost, folder: Path) -> None:
    """The human form says what becomes of the mail, and why."""
    (folder / "a.eml").write_text(mail(headers="Auto-Submitted: auto-replied\n"))
    ended = casepost("explain", "a.eml", *CONFIG)
    assert 0 == ended.code
    for text in ("a.eml", "kind", "auto-submitted", "decision", "sends not"):
        assert text in ended.out.lower()
