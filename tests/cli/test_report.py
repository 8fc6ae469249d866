"""casepost report: in four forms, of what is asked for."""

import csv
import json
import re
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from lib.commands import Casepost
from lib.workbench import Workbench, mail

CONFIG = ("--config", "house/casepost.toml")
DAYS = ("--from", "2020-03-01", "--to", "2020-03-31")


@pytest.fixture
def reported(bench: Workbench) -> Workbench:
    """A house with two cases of the desk `north`, in a month that is over wherever this runs."""
    bench.time = datetime(2020, 3, 2, 9, 0, tzinfo=UTC)
    for number in (1, 2):
        bench.deliver(mail(subject=f"Problem {number}", message_id=f"<{number}@klant.example>"))
        bench.work()
    return bench


@pytest.mark.usefixtures("reported")
def test_a_report_has_four_forms(casepost: Casepost) -> None:
    """The same figures for people, for programs, for spreadsheets and for paper."""
    north, south = json.loads(casepost("report", *DAYS, *CONFIG, "--json").out)["reports"]
    assert (
        casepost("report", *DAYS, *CONFIG, "--format", "json").out
        == json.dumps({"reports": [north, south]}) + "\n"
    )
    assert ("north", "2020-03-01", "2020-03-31") == (north["desk"], north["from"], north["to"])
    assert (2, 2) == (north["cases"]["created"], north["cases"]["open_at_end"])
    assert 0 == south["cases"]["created"]
    assert [{"from": "2020-03-02", "created": 2, "resolved": 0}] == [
        piece for piece in north["course"] if piece["created"]
    ]
    table = casepost("report", *DAYS, *CONFIG, "--desk", "north").out
    assert "north, 2020-03-01 to 2020-03-31\n" in table
    assert re.search(r"^created +2$", table, re.MULTILINE)
    rows = list(csv.DictReader(StringIO(casepost("report", *DAYS, *CONFIG, "--format", "csv").out)))
    created = [row["value"] for row in rows if (row["table"], row["row"]) == ("cases", "created")]
    assert ["2", "0"] == created
    html = casepost("report", *DAYS, *CONFIG, "--format", "html").out
    assert "<h1>North Help</h1>" in html
    assert "<h1>South Help</h1>" in html


@pytest.mark.usefixtures("reported")
def test_a_report_may_be_of_a_part(casepost: Casepost) -> None:
    """Of what nobody has there is nothing, which is no mistake."""
    part = ("--organisation", "Nobody", "--product", "Nothing", "--desk", "north")
    ended = casepost("report", *DAYS, *CONFIG, *part, "--json")
    (found,) = json.loads(ended.out)["reports"]
    assert (0, "Nobody", "Nothing") == (
        found["cases"]["created"],
        found["organisation"],
        found["product"],
    )
    assert "Nobody, Nothing" in casepost("report", *DAYS, *CONFIG, *part).out


@pytest.mark.usefixtures("reported")
def test_a_report_may_be_a_file(casepost: Casepost, tmp_path: Path) -> None:
    """In the form that is asked for, and nothing on the screen."""
    ended = casepost("report", *DAYS, *CONFIG, "--format", "html", "--output", "march.html")
    assert (0, "", "") == (ended.code, ended.out, ended.err)
    assert (tmp_path / "march.html").read_text("utf-8").startswith("<!DOCTYPE html>")


WRONG = (
    (("--from", "2020-03-01"), "Missing option '--to'"),
    (("--from", "1.3.2020", "--to", "2020-03-31"), '--from: "1.3.2020" is no date; write year'),
    (("--from", "2020-03-01", "--to", "2020-02-30"), "is no day of the calendar"),
    (("--from", "2020-03-02", "--to", "2020-03-01"), "2020-03-01 is before 2020-03-02"),
    (("--from", "9000-01-01", "--to", "9000-01-02"), "9000-01-01 has not begun yet"),
    ((*DAYS, "--desk", "nroth"), 'there is no desk "nroth"; did you mean "north"?'),
    ((*DAYS, "--format", "pdf"), "'pdf' is not one of 'table', 'json', 'csv', 'html'"),
    ((*DAYS, "--output", "no/where.html"), "no/where.html: No such file or directory"),
)


@pytest.mark.usefixtures("reported")
def test_wrong_use_gets_a_sentence(casepost: Casepost) -> None:
    """And no half of a report."""
    for arguments, sentence in WRONG:
        ended = casepost("report", *arguments, *CONFIG)
        assert (2, "") == (ended.code, ended.out)
        assert sentence in ended.err
