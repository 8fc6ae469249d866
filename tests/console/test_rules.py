"""The desks' rules, read in the console."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.store import rule_counts
from lib.console import Visitor, visitor
from lib.workbench import Workbench, workbench

POLICY = """
[[group]]
name = "printers"
members = ["ada@north.example"]

[[escalation]]
name = "up"
to = ["printers"]
assign = "printers"

[[rule]]
name = "paper & <ink>"
when = 'mail.subject.contains("<paper>")'
on = ["new", "reply"]
set = { language = "nl" }
assign = "printers"
notify = ["agents", "printers"]
tag = ["paper", "ink"]
work = false
limit = { most = 2, within = "24h" }
stop = true

[[rule]]
name = "held"
when = '''
mail.subject.contains("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
|| mail.subject.contains("ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc")
|| mail.subject.contains("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb")
'''
hold = true

[[rule]]
name = "late"
when = 'timer == "remind"'
on = ["time"]
escalate = "up"
"""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A house whose desk `north` has rules."""
    with workbench(tmp_path, "sqlite:///casepost.db", policy=POLICY) as opened:
        yield opened


@pytest.fixture
def chief(bench: Workbench) -> Visitor:
    """A supervisor at a browser."""
    return visitor(bench, "supervisor")


def test_rules_are_read(bench: Workbench, chief: Visitor) -> None:
    """In their order, with their conditions, what they do, and where they stand."""
    file = bench.house.path.parent / "desks" / "north.toml"
    line = file.read_text().splitlines().index("[[rule]]") + 1
    text = chief.get("/rules").text
    assert text.index("paper &amp; &lt;ink&gt;") < text.index(">held<") < text.index(">late<")
    for sentence in (
        "<h1>Rules of North Help</h1>",
        "They stand in desks/north.toml",
        f"asked of a mail that opens a case, a customer&#39;s mail on a case; line {line}<",
        "mail.subject.contains(&#34;&lt;paper&gt;&#34;)",
        "<li>sets language to nl</li>",
        "<li>assigns the case to printers</li>",
        "<li>tags it paper and ink</li>",
        "<li>is no work for agents: none is told</li>",
        "<li>tells agents and printers, by agent/new</li>",
        "<li>hits at most 2 times within 24h for one sender</li>",
        "<li>ends the rules for this mail</li>",
        "<li>holds the mail for a person</li>",
        "<details><summary>Condition</summary>",
        "asked of a timer that is due",
        "escalates by “up”: tells printers by agent/escalated and assigns it to printers",
    ):
        assert sentence in text
    assert 404 == chief.get("/rules?desk=nowhere").status_code
    assert "This desk has no rules" in chief.get("/rules?desk=south").text


def test_hits_stand_beside_them(bench: Workbench, chief: Visitor) -> None:
    """Of today, of a week and of a month, with the last day."""
    for days, hits in ((0, 1), (5, 2), (20, 4)):
        at = bench.time - timedelta(days=days)
        with bench.house.database.writing() as connection:
            rule_counts.add(connection, [("north", "held")] * hits, at)
    text = chief.get("/rules?desk=north").text
    row = text[text.index(">held<") : text.index(">late<")]
    for label, count in (("Today", 1), ("7 days", 3), ("30 days", 7)):
        assert f'<td data-label="{label}" class="numeric">{count}</td>' in row
    assert '<time datetime="2026-03-02">' in row
    assert "not in 90 days" in text[text.index(">late<") :]


def test_a_file_that_changed_is_told(bench: Workbench, chief: Visitor) -> None:
    """What is shown is in force all the same; so it is where the file is broken, or gone."""
    sentence = "are not those that are in force"
    assert sentence not in chief.get("/rules").text
    file = bench.house.path.parent / "desks" / "north.toml"
    file.write_text(file.read_text().replace("hold = true", "tag = ['x']"))
    text = chief.get("/rules").text
    assert sentence in text
    assert "holds the mail for a person" in text
    file.write_text("[[")
    assert sentence in chief.get("/rules").text
    file.unlink()
    text = chief.get("/rules").text
    assert sentence in text
    assert str(bench.house.path.parent) not in text


def test_an_agent_sees_no_rules(bench: Workbench) -> None:
    """They are for who supervises."""
    assert 403 == visitor(bench, "agent", "ada@north.example").get("/rules").status_code
