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
    "html",
    "folds",
    "bounce",
    "forwarded",
}
LISTS = {"reasons", "attachments", "folds"}


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
    assert {
        "issued": [],
        "references": ["<a@b>"],
        "numbers": ["NO-00013"],
        "reply_addresses": [],
    } == one["clues"]
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
    body = "Het rapport opent niet meer sinds gisteren. Kunt u mij helpen?"
    (folder / "a.eml").write_text(mail(to="info@elsewhere.example", body=body))
    (without,) = explained(casepost, "a.eml")
    (given,) = explained(casepost, "--desk", "south", "a.eml")
    assert ("", "south") == (without["desk"], given["desk"])
    assert "nl" == without["language"] == given["language"]
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


def test_the_new_text_stands_beside_the_whole(casepost: Casepost, folder: Path) -> None:
    """What is not new is told by its place in the text."""
    body = "Still white.\n\nOn Mon, 2 Mar 2026 at 09:00, Ada <ada@north.example> wrote:\n> What?\n"
    (folder / "a.eml").write_text(mail(subject="Re: x", body=body))
    (one,) = explained(casepost, "a.eml")
    assert "Still white." == one["reply_text"]
    folds, text = one["folds"], one["text"]
    assert isinstance(folds, list)
    assert isinstance(text, str)
    assert "> What?" in text[folds[0]["start"] : folds[0]["end"]]
    human = casepost("explain", "a.eml", *CONFIG).out
    assert "lines of quotation" in human
    assert "> What?" not in human


def test_html_is_shown_without_what_could_act(casepost: Casepost, folder: Path) -> None:
    """Scripts and remote images are gone; a bare body is known as HTML by its name or its start."""
    page = '<p>Hello <b>there</b></p><script>x()</script><img src="https://web.example/a.png">'
    (folder / "a.html").write_text(page)
    (folder / "b").write_text(f"<html><body>{page}</body></html>")
    (folder / "c.txt").write_text("Hello <b>there</b>")
    head = "MIME-Version: 1.0\nContent-Type: text/html"
    (folder / "d.eml").write_text(mail(headers=head, body=page))
    bodies = explained(casepost, "--body", "a.html", "b", "c.txt")
    assert ["Hello there", "Hello there", "Hello <b>there</b>"] == [one["text"] for one in bodies]
    (whole,) = explained(casepost, "d.eml")
    assert "Hello there" == whole["text"]
    html = str(whole["html"])
    assert "<b>there</b>" in html
    assert "script" not in html
    assert "web.example" not in html
    assert "" == bodies[2]["html"]


def test_a_bounce_says_whom_it_did_not_reach(casepost: Casepost, folder: Path) -> None:
    """And of which mail; every other mail has null there."""
    head = (
        "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b"
    )
    body = (
        "--b\n\nFailed.\n--b\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mx.klant.example\n\nFinal-Recipient: rfc822; jan@klant.example\n"
        "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 no such user\n"
        "--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <1@north.example>\n--b--"
    )
    (folder / "a.eml").write_text(mail(author="mailer-daemon@mx.example", headers=head, body=body))
    (folder / "b.eml").write_text(mail())
    bounce, person = explained(casepost, "a.eml", "b.eml")
    assert ("bounce", None, None) == (bounce["kind"], bounce["forwarded"], person["bounce"])
    found = bounce["bounce"]
    assert isinstance(found, dict)
    assert "<1@north.example>" == found["of"]
    (failed,) = found["recipients"]
    assert ("jan@klant.example", "5.1.1", True) == (
        failed["address"],
        failed["status"],
        failed["permanent"],
    )
    assert "no such user" in failed["diagnostic"]
    human = casepost("explain", "a.eml", *CONFIG).out
    assert "jan@klant.example, for good: 5.1.1" in human


def test_a_forward_says_whose_mail_it_is(casepost: Casepost, folder: Path) -> None:
    """Whoever forwards it; what it leads to is another matter."""
    inner = "From: Kim <kim@klant.example>\nSubject: Old\nMessage-ID: <old@klant.example>\n\nHm."
    head = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b"
    body = f"--b\n\nSee there.\n--b\nContent-Type: message/rfc822\n\n{inner}\n--b--"
    (folder / "a.eml").write_text(mail(subject="Fwd: Old", headers=head, body=body))
    (one,) = explained(casepost, "a.eml")
    assert {
        "from": "kim@klant.example",
        "date": None,
        "subject": "Old",
        "message_id": "<old@klant.example>",
        "as_attachment": True,
    } == one["forwarded"]
    assert "kim@klant.example" in casepost("explain", "a.eml", *CONFIG).out


def test_a_stored_answer_is_cut_as_it_was_when_it_was_filed(
    casepost: Casepost, bench: Workbench
) -> None:
    """By what we had sent, which a file alone does not know."""
    bench.deliver(mail())
    bench.work()
    (said,) = (row for row in bench.rows("entries") if row["direction"] == "out")
    ours = str(bench.rows("outbox")[0]["message_id"])
    bench.deliver(mail(answers=ours, body=f"It is white.\n\n{said['text']}"))
    bench.work()
    (one,) = explained(casepost, "--mail", "2")
    assert "It is white." == one["reply_text"]
    assert ("en", "the ticket's language") == (one["language"], one["language_why"])
