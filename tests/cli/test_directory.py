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


ORDERS = (
    "Order,address,site,product,version,purchased_on,plan,seats\n"
    "WS-101,J@klant.example,www.bluewidgets.example,shop,6.1,2026-03-01,priority,5\n"
    "WS-102,kim@klant.example,,shop,,,,\n"
)


def test_orders_are_brought_in(casepost: Casepost, bench: Workbench, tmp_path: Path) -> None:
    """With people or after them, by any of their addresses; a second time nothing changes."""
    (tmp_path / "people.csv").write_text(GOOD, encoding="utf-8")
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")

    first = casepost("directory", "import", "people.csv", "--orders", "orders.csv", *CONFIG)
    rows, names = bench.rows("orders"), bench.rows("account_names")
    second = casepost("directory", "import", "--orders", "orders.csv", "--json", *CONFIG)
    (tmp_path / "orders.csv").write_text("order,address,plan\nWS-101,kim@klant.example,gold\n")
    third = casepost("directory", "import", "--orders", "orders.csv", *CONFIG)

    assert (0, "") == (first.code, first.err)
    counts = ["2 new, 0 changed, 0 unchanged", "orders: 2 new, 0 changed, 0 unchanged"]
    assert counts == first.out.splitlines()
    assert {"new": 0, "changed": 0, "unchanged": 2, "findings": []} == json.loads(second.out)
    assert {
        "number": "WS-101",
        "address": "jan@klant.example",
        "site": "www.bluewidgets.example",
        "product": "shop",
        "version": "6.1",
        "purchased_on": "2026-03-01",
        "plan": "priority",
        "facts": {"seats": "5"},
    } == rows[0]
    assert ("site", "bluewidgets", "jan@klant.example") in {tuple(row.values()) for row in names}
    # The columns that are not there stay as they were, and texts find the new owner.
    assert "orders: 0 new, 1 changed, 0 unchanged\n" == third.out
    moved = {**rows[0], "address": "kim@klant.example", "plan": "gold"}
    assert moved == bench.rows("orders")[0]
    owners = {row["address"] for row in bench.rows("account_names") if row["kind"] == "site"}
    assert {"kim@klant.example"} == owners


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "number,site\nWS-1,x.example\n",
            ['1: there is no column "order"', '1: there is no column "address"'],
        ),
        (
            (
                "order,address,purchased_on\n"
                ",jan@klant.example,\n"
                "WS-1,jan,01-03-2026\n"
                "WS-2,jan@klant.example,2026-02-30\n"
                "WS-2,jan@klant.example,\n"
            ),
            [
                "2: order: the number of the order is missing",
                '3: address: "jan" is no mail address: an address has an @',
                (
                    '3: purchased_on: "01-03-2026" is no date; write year, month and day as in '
                    "2026-03-31"
                ),
                '4: purchased_on: "2026-02-30" is no day of the calendar',
                '5: order: "WS-2" stands on line 4 already; leave one out',
            ],
        ),
        (
            "order,address\nWS-1,jan@klant.example\nWS-2,eve@stranger.example\n",
            ["3: address: eve@stranger.example is not in the directory; import people first"],
        ),
    ],
)
def test_orders_with_a_finding_change_nothing(
    casepost: Casepost, bench: Workbench, tmp_path: Path, text: str, lines: list[str]
) -> None:
    """Nor are the people brought in that stand beside them."""
    (tmp_path / "people.csv").write_text("address\njan@klant.example\n", encoding="utf-8")
    (tmp_path / "orders.csv").write_text(text, encoding="utf-8")

    ended = casepost("directory", "import", "people.csv", "--orders", "orders.csv", *CONFIG)

    expected = [f"orders.csv:{line}" for line in lines] + ["nothing was changed"]
    assert (1, expected, "") == (ended.code, ended.out.splitlines(), ended.err)
    assert [] == bench.rows("persons") == bench.rows("orders")


def test_dates_and_resellers_are_checked(
    casepost: Casepost, bench: Workbench, tmp_path: Path
) -> None:
    """Rules reckon with them; any other column may hold anything."""
    columns = "address,contract_until,purchased_on,evaluating_since,reseller,until"
    (tmp_path / "people.csv").write_text(
        f"{columns}\na@x.example,31/12/2026,2026-1-1,yes,partner,soon\n"
        "b@x.example,2026-12-31,,2026-01-01,p@partner.example,\n"
    )
    ended = casepost("directory", "import", "people.csv", *CONFIG)
    said = [line.split(": ")[1] for line in ended.out.splitlines()[:-1]]
    assert ["contract_until", "purchased_on", "evaluating_since", "reseller"] == said
    assert [] == bench.rows("persons")


@pytest.mark.usefixtures("bench")
def test_nothing_to_import_is_wrong_use(casepost: Casepost) -> None:
    """Either file may be left out, not both."""
    ended = casepost("directory", "import", *CONFIG)
    assert 2 == ended.code
    assert "name a file of people" in ended.err
