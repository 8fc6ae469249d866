"""The rules tried on a mail, in the console: nothing is written, and nothing is sent."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.console.rules import rehearse, trying
from lib.console import Visitor, visitor
from lib.rehearsing import rehearsed_here
from lib.workbench import Workbench, mail, workbench

POLICY = """
[[rule]]
name = "paper"
when = 'mail.subject.contains("paper")'
tag = ["paper"]
stop = true

[[rule]]
name = "ink"
when = 'mail.subject.contains("<ink>")'
hold = true
"""

HERE = ("spool", "tickets", "events", "entries", "outbox", "rule_counts", "audit")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A house whose desk `north` has rules."""
    with workbench(tmp_path, "sqlite:///casepost.db", policy=POLICY) as opened:
        yield opened


@pytest.fixture
def chief(bench: Workbench) -> Visitor:
    """A supervisor at a browser."""
    return visitor(bench, "supervisor")


@pytest.fixture
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rehearsals take place in this process."""
    monkeypatch.setattr(trying, "rehearsed", rehearsed_here)


def kept(bench: Workbench) -> list[object]:
    """Give all that a mail can lead to."""
    return [bench.rows(table) for table in HERE]


def row_of(text: str, rule: str) -> str:
    """Give a rule's row of the table."""
    row = text[text.index(f'<th scope="row">{rule}</th>') :]
    return row[: row.index("</tr>")]


@pytest.mark.usefixtures("_here")
def test_a_pasted_mail_is_tried(bench: Workbench, chief: Visitor) -> None:
    """Each rule says whether it hits, and why not; what would become of it is told."""
    before = kept(bench)
    form = {"text": mail(subject="An <ink> spot"), "authentic": "yes", "desk": "north"}
    text = chief.post("/rules/try", form).text
    assert "What would become of “An &lt;ink&gt; spot”" in text
    assert ">missed<" in row_of(text, "paper")
    assert "the condition does not hold" in row_of(text, "paper")
    assert '<span class="badge good">hit</span>' in row_of(text, "ink")
    assert "held: held-by-rule" in text
    assert before == kept(bench)
    text = chief.post("/rules/try", {**form, "text": mail(subject="paper")}).text
    assert ">hit<" in row_of(text, "paper")
    assert ">not asked<" in row_of(text, "ink")
    assert "filed: opened" in text


@pytest.mark.usefixtures("_here")
def test_the_files_as_they_stand_are_tried(bench: Workbench, chief: Visitor) -> None:
    """On a mail that was received, beside what was decided when it came."""
    bench.deliver(mail(subject="The <ink> spot"))
    bench.work()
    before = kept(bench)
    file = bench.house.path.parent / "desks" / "north.toml"
    written = file.read_text()
    file.write_text(written.replace('"<ink>"', '"<blot>"'))
    text = chief.post("/rules/try", {"mail": "1"}).text
    assert ">missed<" in row_of(text, "ink")
    assert '<span class="badge warn">hit</span>' in row_of(text, "ink")
    assert "filed: opened" in text
    file.write_text(written.replace("hold = true", "hold = 1"))
    broken = chief.post("/rules/try", {"mail": "1"}).text
    assert "The files are wrong" in broken
    assert "north.toml:" in broken
    assert before == kept(bench)


@pytest.mark.usefixtures("_here")
def test_a_mail_that_was_not_decided_on_is_tried(bench: Workbench, chief: Visitor) -> None:
    """As if it came now."""
    bench.deliver(mail(subject="paper"))
    text = chief.post("/rules/try", {"mail": "1"}).text
    assert ">hit<" in row_of(text, "paper")
    assert "When it came" not in text
    assert ["waiting"] == bench.states()


@pytest.mark.usefixtures("_here")
def test_what_cannot_be_tried_is_told(chief: Visitor) -> None:
    """And what was typed stays in the form."""
    form = chief.get("/rules/try?mail=17").text
    assert 'value="17"' in form
    assert "there is no mail 17" in chief.post("/rules/try", {"mail": "17"}).text
    for fields, sentence in (
        ({}, "Say which mail"),
        ({"mail": "-1"}, "Say which mail"),
        ({"mail": "9" * 40}, "Say which mail"),
        ({"text": "x" * 200_001}, "at most 200,000 characters"),
    ):
        answer = chief.post("/rules/try", fields)
        assert 422 == answer.status_code
        assert sentence in answer.text
    nowhere = mail(to="nobody@elsewhere.example", body="<b>words</b>")
    answer = chief.post("/rules/try", {"text": nowhere})
    assert "no desk has the address" in answer.text
    assert "&lt;b&gt;words&lt;/b&gt;" in answer.text
    assert "there is no desk" in chief.post("/rules/try", {"text": "x", "desk": "up"}).text
    with trying._trying:  # noqa: SLF001  as if somebody tried just now
        answer = chief.post("/rules/try", {"mail": "1"})
    assert (503, True) == (answer.status_code, "Somebody tries the rules" in answer.text)


@pytest.mark.thorough
def test_a_process_of_its_own_tries(bench: Workbench, chief: Visitor) -> None:
    """What kills it kills nothing else."""
    text = chief.post("/rules/try", {"text": mail(subject="paper"), "desk": "north"}).text
    assert ">hit<" in row_of(text, "paper")
    wanted = {"config": str(bench.house.path), "do": "text", "text": "x", "desk": "north"}
    with rehearse.rehearsed({**wanted, "authentic": True}, 0.01) as said:
        assert ["It ended without an answer; the log says why."] == [
            line["problem"] for line in said
        ]
