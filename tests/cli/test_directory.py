"""directory import: a table of people is brought in whole, or refused with every finding."""

import json
from pathlib import Path

import pytest

from lib.commands import Casepost
from lib.workbench import Workbench

CONFIG = ("--config", "house/casepost.toml")
GOOD = (
    "\ufeffAddress,name,Client Number,aliases,organisation,domains\r\n"
    'JAN@Klant.example,"Jan, of Klant",17,j@klant.example; jj@klant.example,Klant,klant.example\r\n'
    "\r\n"
    "kim@klant.example,Kim,,,Klant,@KLANT.example\r\n"
)


def test_people_are_brought_in(casepost: Casepost, bench: Workbench, tmp_path: Path) -> None:
    """Any column is kept; a second time nothing changes."""
    (tmp_path / "people.csv").write_text(GOOD, encoding="utf-8")

    first = casepost("directory", "import", "people.csv", *CONFIG)
    second = casepost("directory", "import", "people.csv", "--json", *CONFIG)

    assert (0, "2 new, 0 changed, 0 unchanged\n", "") == (first.code, first.out, first.err)
    assert {"new": 0, "changed": 0, "unchanged": 2, "findings": []} == json.loads(second.out)
    jan, kim = bench.rows("persons")
    assert ("jan@klant.example", "Jan, of Klant") == (jan["address"], jan["name"])
    assert ({"client_number": "17"}, {}) == (jan["facts"], kim["facts"])
    aliases = [(row["alias"], row["address"]) for row in bench.rows("person_aliases")]
    assert [("j@klant.example", jan["address"]), ("jj@klant.example", jan["address"])] == aliases


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", ["1: is empty; the first line names the columns"]),
        ("name\nJan\n", ['1: there is no column "address"']),
        ("address;name\n", ["1: columns are separated by commas, and these by semicolons"]),
        (
            "address,1st,name,Name\n",
            [
                (
                    '1: column 2 is named "1st": a column\'s name begins with a letter, and has '
                    "letters, digits and _"
                ),
                '1: there are two columns "name"',
            ],
        ),
        ("address,name\njan@x.example\n", ["2: the row has 1 cells, and 2 columns are named"]),
        ('address\n"jan@x.example', ["2: is not well-formed CSV: unexpected end of data"]),
        (
            (
                "address,language,aliases,domains\n"
                "jan,nederlands,x@,klant\n"
                "help@north.example,,help+a@north.example,\n"
            ),
            [
                '2: address: "jan" is no mail address: an address has an @',
                "2: language: a language is two letters, as in en",
                '2: domains: "klant" is no domain, such as klant.example',
                '2: aliases: "x@" is no mail address: the part after the @ is not a domain',
                "3: address: help@north.example is a desk's address, and nobody's own",
                "3: aliases: help+a@north.example is a desk's address, and nobody's own",
            ],
        ),
        (
            (
                "address,organisation,aliases,domains\n"
                "a@x.example,One,b@x.example,x.example\n"
                "b@x.example,Two,,x.example\n"
                ",,,y.example\n"
                "a@x.example,One,,\n"
            ),
            [
                "3: address: b@x.example is a@x.example's on line 2 already; leave one out",
                '3: domains: x.example belongs to "One" on line 2; a domain has one organisation',
                "4: address: the address is missing",
                "4: domains: domains belong to an organisation; name it in the column organisation",
                "5: address: a@x.example stands on line 2 already; leave one out",
            ],
        ),
    ],
)
def test_a_file_with_a_finding_changes_nothing(
    casepost: Casepost, bench: Workbench, tmp_path: Path, text: str, lines: list[str]
) -> None:
    """Each finding says where it is and what to do."""
    (tmp_path / "people.csv").write_text(text, encoding="utf-8")

    ended = casepost("directory", "import", "people.csv", *CONFIG)

    expected = [f"people.csv:{line}" for line in lines] + ["nothing was changed"]
    assert (1, expected, "") == (ended.code, ended.out.splitlines(), ended.err)
    assert [] == bench.rows("persons")


@pytest.mark.usefixtures("bench")
def test_what_is_no_such_file_is_a_finding(casepost: Casepost, tmp_path: Path) -> None:
    """Neither is text in another encoding."""
    (tmp_path / "people.csv").write_bytes(b"address,name\njan@x.example,Ren\xe9\n")
    missing = casepost("directory", "import", "nobody.csv", "--json", *CONFIG)
    latin = casepost("directory", "import", "people.csv", *CONFIG)
    assert ["nobody.csv: there is no such file"] == json.loads(missing.out)["findings"]
    assert "people.csv:2: is not UTF-8 text; save the file in that encoding" in latin.out
    assert (1, 1) == (missing.code, latin.code)
