"""defect: which cases are about which defects, and telling their people of a fix."""

import json
from datetime import UTC, datetime

from gateway.store import schema
from lib.commands import Casepost
from lib.workbench import Workbench, mail

CONFIG = ("--config", "house/casepost.toml")
JAN, EVE = "jan@klant.example", "eve@elsewhere.example"


def recorded(bench: Workbench, author: str, desk: str = "north") -> str:
    """Have an agent record a defect on a new case; give its number."""
    recipient = f"help@{desk}.example"
    bench.deliver(mail(author=author, to=recipient, subject=author), recipient, author)
    bench.work()
    number = str(bench.rows("tickets")[-1]["number"])
    agent, text = f"ada@{desk}.example", "#defect D-17 https://d.example/17\n#note"
    bench.deliver(mail(author=agent, subject=number, body=text), recipient, agent)
    bench.work()
    return number


def mute(bench: Workbench, until: datetime) -> None:
    """Have mail to one of them come back."""
    values = {"muted_until": until, "muted_why": "550 no such user"}
    with bench.house.database.writing() as connection:
        connection.execute(schema.correspondents.delete())
        connection.execute(schema.correspondents.insert().values(address=JAN, **values))


def test_everybody_is_told_and_it_is_said_whom(casepost: Casepost, bench: Workbench) -> None:
    """The second time there is nobody who does not know."""
    assert "No case is about a defect.\n" == casepost("defect", "list", *CONFIG).out
    cases = [recorded(bench, JAN), recorded(bench, EVE)]
    said = ("defect", "fixed", "d-17", "--version", "6.2", "--note", "Soon.", *CONFIG)
    first = casepost(*said)
    assert (0, "") == (first.code, first.err)
    assert f"2 people are told, on 2 cases: {cases[1]}, {cases[0]}\n" == first.out
    content = bench.rows("outbox")[-1]["content"]
    assert b"6.2" in content
    assert b"Soon." in content
    again = casepost(*said)
    assert (0, "everybody knows already\n") == (again.code, again.out)
    (one,) = json.loads(casepost("defect", "list", "--json", *CONFIG).out)
    assert one.pop("told_at")
    assert {
        "desk": "north",
        "number": "D-17",
        "url": "https://d.example/17",
        "cases": cases,
        "told": 2,
    } == one
    human = casepost("defect", "list", *CONFIG).out
    assert all(text in human for text in ("D-17", cases[0], "2, 20"))


def test_whom_it_does_not_tell_is_a_finding(casepost: Casepost, bench: Workbench) -> None:
    """Nothing is lost: the next time they are told."""
    case = recorded(bench, JAN)
    mute(bench, datetime.max.replace(tzinfo=UTC))
    ended = casepost("defect", "fixed", "D-17", "--json", *CONFIG)
    assert (1, []) == (ended.code, json.loads(ended.out)["told"])
    human = casepost("defect", "fixed", "D-17", *CONFIG)
    assert (1, "nobody was told\n") == (human.code, human.out)
    assert f"casepost: not told: {case}: customer/defect-fixed to {JAN}: " in human.err
    mute(bench, bench.time)
    told = casepost("defect", "fixed", "D-17", *CONFIG)
    assert f"1 person is told, on 1 case: {case}\n" == told.out


def test_the_desk_is_named_where_several_have_such_a_number(
    casepost: Casepost, bench: Workbench
) -> None:
    """Numbers are each desk's own."""
    none = casepost("defect", "fixed", "D-17", *CONFIG)
    assert (1, "casepost: no case is about the defect D-17\n") == (none.code, none.err)
    cases = [recorded(bench, JAN), recorded(bench, EVE, "south")]
    several = casepost("defect", "fixed", "D-17", *CONFIG)
    assert (2, "casepost: north, south have cases about D-17: say --desk NAME\n") == (
        several.code,
        several.err,
    )
    wrong = casepost("defect", "fixed", "D-17", "--desk", "sout", *CONFIG)
    assert (2, 'casepost: there is no desk "sout"; did you mean "south"?\n') == (
        wrong.code,
        wrong.err,
    )
    other = casepost("defect", "fixed", "D-18", "--desk", "south", *CONFIG)
    assert "no case of south is about the defect D-18" in other.err
    right = casepost("defect", "fixed", "D-17", "--desk", "south", "--json", *CONFIG)
    assert {"told": [EVE], "cases": [cases[1]], "withheld": []} == json.loads(right.out)
