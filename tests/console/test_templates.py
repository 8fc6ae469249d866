"""The list of templates, their versions, and mails of them to oneself."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from html import unescape
from pathlib import Path

import pytest

from gateway.config.load import load
from gateway.console.templates.tryout import MOST_IN_AN_HOUR
from gateway.editing import refreshed
from gateway.house import renewed
from gateway.serving.bells import Bells
from lib.console import CHIEF, Visitor, visitor
from lib.workbench import Workbench, mail, workbench

HERE = {"desk": "north", "language": "en", "name": "customer/acknowledge"}
QUERY = "desk=north&language=en&name=customer/acknowledge"
NAMES = ("subject", "body", "html")


@pytest.fixture
def bench(tmp_path: Path, house_url: str) -> Iterator[Workbench]:
    """A house with two desks, on either database."""
    with workbench(tmp_path, house_url) as opened:
        yield opened


@pytest.fixture
def admin(bench: Workbench) -> Visitor:
    """Somebody who may change templates; what they save holds at once, as in a daemon."""

    def edited() -> None:
        bench.house = refreshed(bench.house)

    return visitor(bench, bells=Bells(edited=edited))


def save(admin: Visitor, number: int, *based_on: int, **more: str) -> int:
    """Save all three parts, which say a number, over versions of these ids; give the status."""
    texts = {
        "subject": f"Subject {number}",
        "body": f"Body {number} of {{{{ ticket.number }}}}\n",
        "html": f"<p>Part {number} of {{{{ ticket.number }}}}</p>\n",
    }
    seen = {f"based-{name}": str(one) for name, one in zip(NAMES, based_on, strict=False)}
    form = {**HERE, **texts, **seen, "note": f"note {number}", "do": "save", **more}
    return admin.post("/templates/edit", form).status_code


def answered(bench: Workbench) -> str:
    """Give what a customer who writes in gets."""
    before = len(bench.rows("outbox"))
    bench.deliver(mail(subject=f"Case {before}", message_id=f"<{before}@klant.example>"))
    bench.work()
    return str(bench.to_customers()[-1]["content"], "utf-8")


def test_the_list_says_what_is_there_in_which_language_and_whence(admin: Visitor) -> None:
    """It is searched by names and by words of the texts, and shows what was written here alone."""
    everything = unescape(admin.get("/templates?desk=north").text)
    for said in ("customer/acknowledge", "agent/new", "English is complete", "To partners"):
        assert said in everything
    assert "written here" not in everything
    assert 303 == save(admin, 1)
    edited = unescape(admin.get("/templates?desk=north&show=edited").text)
    assert ">version 3</a>" in edited
    assert "customer/answer" not in edited
    found = unescape(admin.get("/templates?desk=north&q=part+1+OF").text)
    assert "customer/acknowledge" in found
    assert "customer/closed" not in found
    nothing = unescape(admin.get("/templates?desk=north&q=%22%3E%3Cscript%3E").text)
    assert "No template is like that" in nothing
    assert '"><script>' not in admin.get("/templates?desk=north&q=%22%3E%3Cscript%3E").text
    assert "version 1" not in admin.get("/templates?desk=south&show=edited").text


def test_what_is_missing_in_a_language_leads_to_where_it_is_written(admin: Visitor) -> None:
    """A canned answer that is there in English alone is missing in Dutch."""
    form = {**HERE, "name": "faq/key", "do": "save", "subject": "Key", "body": "Ask.\n"}
    assert 303 == admin.post("/templates/edit", form).status_code
    gaps = unescape(admin.get("/templates?desk=north&show=gaps").text)
    assert "Missing: faq/key in Dutch" in gaps
    assert "/templates/edit?desk=north&language=nl&name=faq%2Fkey" in gaps
    assert "Canned answers" in gaps
    assert "customer/answer" not in gaps


def test_each_save_is_a_version_with_author_time_and_note(bench: Workbench, admin: Visitor) -> None:
    """Parts that were saved together stand together, the newest first."""
    assert "Nothing was written here yet" in admin.get(f"/templates/versions?{QUERY}").text
    save(admin, 1)
    bench.time += timedelta(hours=1)
    save(admin, 2, 1, 2, 3)
    shown = admin.get(f"/templates/versions?{QUERY}").text
    assert shown.index("note 2") < shown.index("note 1")
    assert 2 == shown.count("Subject, Text, HTML")
    assert CHIEF in shown
    assert 'datetime="2026-03-02T10:00:00+00:00"' in shown
    one = unescape(admin.get(f"/templates/version?{QUERY}&version=3").text)
    assert "<del>Body 2 of {{ ticket.number }}</del>" in one
    assert "<ins>Body 1 of {{ ticket.number }}</ins>" in one
    assert "Body 1 of AC-000018" in one
    assert "Part 1 of" in admin.get(f"/templates/version-frame?{QUERY}&version=3").text


def test_a_template_goes_back_with_all_its_parts_and_forward_again(
    bench: Workbench, admin: Visitor
) -> None:
    """Going back is a version as well, so that it can be taken back, too."""
    save(admin, 1)
    bench.time += timedelta(hours=1)
    save(admin, 2, 1, 2, 3)
    bench.time += timedelta(hours=1)
    seen = {"based-subject": "4", "based-body": "5", "based-html": "6"}
    answer = admin.post("/templates/back", {**HERE, **seen, "version": "3"})
    assert "Saved as version 9" in admin.follow(answer).text
    assert "as it was with version 3" in admin.get(f"/templates/versions?{QUERY}").text
    sent = answered(bench)
    for said in ("Subject 1", "Body 1", "Part 1"):
        assert said in sent
    bench.time += timedelta(hours=1)
    seen = {"based-subject": "7", "based-body": "8", "based-html": "9"}
    admin.follow(admin.post("/templates/back", {**HERE, **seen, "version": "6"}))
    assert "Body 2" in answered(bench)


def test_the_last_save_is_taken_back_by_one_button(bench: Workbench, admin: Visitor) -> None:
    """To the version before it, or to the files where it was the first."""
    for number, seen in ((1, (0, 0, 0)), (2, (1, 2, 3))):
        save(admin, number, *seen)
        bench.time += timedelta(hours=1)
    for before, said in (("version 6", "Body 1"), ("version 9", "Body 2")):
        shown = admin.get(f"/templates/versions?{QUERY}").text
        form = shown.partition('action="/templates/back"')[2].partition("</form>")[0]
        assert f"Take {before} back" in form
        fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
        admin.follow(admin.post("/templates/back", fields))
        assert said in answered(bench)
        bench.time += timedelta(hours=1)


def test_a_template_goes_back_to_its_files(bench: Workbench, admin: Visitor) -> None:
    """What was written here stays among the versions."""
    save(admin, 1)
    files = admin.get(f"/templates/version?{QUERY}").text
    assert "Go back to the files" in files
    seen = {"based-subject": "1", "based-body": "2", "based-html": "3", "version": ""}
    admin.follow(admin.post("/templates/back", {**HERE, **seen}))
    assert "Thank you for your mail." in answered(bench)
    shown = admin.get(f"/templates/versions?{QUERY}").text
    assert "Subject, Text, HTML back to the file" in shown
    assert "note 1" in shown
    assert "This is what holds." in admin.get(f"/templates/version?{QUERY}").text


def test_nobody_goes_back_over_what_they_have_not_seen(bench: Workbench, admin: Visitor) -> None:
    """Nor to a version of another template, nor as somebody who may only look."""
    save(admin, 1)
    save(admin, 2, 1, 2, 3)
    seen = {"based-subject": "1", "based-body": "2", "based-html": "3", "version": ""}
    answer = admin.post("/templates/back", {**HERE, **seen})
    assert 409 == answer.status_code
    assert "Somebody else has saved it since you looked." in answer.text
    other = {**HERE, "name": "customer/answer", "version": "3"}
    assert 404 == admin.post("/templates/back", other).status_code
    for wrong in ("0x1", "-1", "9" * 40, "4"):
        assert 404 == admin.get(f"/templates/version?{QUERY}&version={wrong}").status_code
    supervisor = visitor(bench, "supervisor", "sue@north.example")
    assert 403 == supervisor.post("/templates/back", {**HERE, **seen}).status_code
    assert "Go back" not in supervisor.get(f"/templates/version?{QUERY}").text
    assert 6 == len(bench.rows("template_versions"))


def test_a_file_that_changes_under_a_version_is_said(bench: Workbench, admin: Visitor) -> None:
    """It is looked at beside what was written here."""
    save(admin, 1)
    assert "has changed since" not in admin.get(f"/templates/edit?{QUERY}").text
    folder = bench.house.settings.templates / "desks/north/en/customer/acknowledge"
    folder.mkdir(parents=True)
    (folder / "body.txt").write_text("From the file {{ ticket.number }}\n")
    path = bench.house.settings.templates.parent / "casepost.toml"
    bench.house = replace(renewed(bench.house, load(path)), settings=bench.house.settings)
    assert "has changed since" in admin.get(f"/templates/edit?{QUERY}").text
    assert "has changed since" in admin.get(f"/templates/versions?{QUERY}").text
    compared = unescape(admin.get(f"/templates/version?{QUERY}").text)
    assert "<ins>From the file {{ ticket.number }}</ins>" in compared


def test_a_try_out_goes_to_whoever_asks_for_it(bench: Workbench, admin: Visitor) -> None:
    """Of what is written and not saved; marked, in the outbox, and to no other address."""
    form = {**HERE, "do": "try", "subject": "New", "body": "Try {{ ticket.number }}\n"}
    form["html"] = "<p>Try <i>{{ ticket.number }}</i></p>"
    shown = admin.post("/templates/edit", {**form, "to": "jan@klant.example"})
    assert f"A try-out is on its way to {CHIEF}." in shown.text
    assert "Try {{ ticket.number }}" in unescape(shown.text)
    (row,) = bench.rows("outbox")
    assert (CHIEF, "agent/try-out", "", None) == (
        row["recipient"],
        row["template"],
        row["reverse_path"],
        row["ticket"],
    )
    sent = message_from_bytes(row["content"], policy=policy.default)
    assert (CHIEF, "[Try-out] New") == (sent["To"], sent["Subject"])
    assert "auto-generated" == sent["Auto-Submitted"]
    assert "This is a try-out of a template" in row["content"].decode()
    assert "<i>AC-000018</i>" in row["content"].decode()
    assert ["template.try"] == [act["action"] for act in bench.rows("audit")]
    assert [] == bench.rows("template_versions")


def test_try_outs_are_few_and_count_for_nothing_else(bench: Workbench, admin: Visitor) -> None:
    """What customers get has limits of its own."""
    form = {**HERE, "do": "try", "subject": "New", "body": "Try\n", "html": ""}
    codes = [admin.post("/templates/edit", form).status_code for _ in range(MOST_IN_AN_HOUR + 1)]
    assert [200] * MOST_IN_AN_HOUR + [422] == codes
    assert {""} == {row["domain"] for row in bench.rows("outbox")}
    bench.time += timedelta(hours=1, minutes=1)
    assert 200 == admin.post("/templates/edit", form).status_code


def test_no_try_out_is_made_of_what_is_wrong(bench: Workbench, admin: Visitor) -> None:
    """And none for a user without an address."""
    wrong = {**HERE, "do": "try", "body": "{{ persn }}\n"}
    answer = admin.post("/templates/edit", wrong)
    assert (422, True) == (answer.status_code, "No try-out was sent" in answer.text)
    nobody = visitor(bench, "admin", "root")
    answer = nobody.post("/templates/edit", {**HERE, "do": "try"})
    assert (422, True) == (answer.status_code, "no mail address" in answer.text)
    assert [] == bench.rows("outbox")
