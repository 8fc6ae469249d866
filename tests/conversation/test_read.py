"""A conversation's file is read strictly: what is wrong is named with its line."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.config import duration
from gateway.conversation import read
from gateway.errors import Misconfigured

HEAD = """title = "A test"
desk = "north"
start = 2026-03-02T09:00:00+01:00
"""
STEP = '[[step]]\nmail = "From: jan@klant.example"\n'
BAD = [
    ('desk = "north"', '1: the key "title" is missing'),
    (f'{HEAD}titel = "x"\n{STEP}', '4: unknown key "titel"; did you mean "title"?'),
    (f"{HEAD}", "1: a conversation needs at least one [[step]]"),
    (f"{HEAD.replace('north', 'nort')}{STEP}", '2: there is no desk "nort"; did you mean "north"?'),
    (f"{HEAD.replace('+01:00', '')}{STEP}", '3: "start" needs an offset, as in 2026-'),
    (f"{HEAD}{STEP}[[article]]\ntitel = 'x'\n", '6: the key "title" is missing'),
    (f"{HEAD}{STEP}[[article]]\ntitle = 'x'\nlink = 'y'\n", '8: unknown key "link"'),
    (f"{HEAD}{STEP}[[holiday]]\nname = 'x'\n", '6: the key "date" is missing'),
    (
        f"{HEAD}{STEP}[[holiday]]\ndate = 2026-12-24T00:00:00Z\n",
        '7: "date" must be a day such as 2026-12-24, without a time',
    ),
    (
        f"{HEAD}{STEP}[[holiday]]\ndate = '2026-02-30'\n",
        '7: "date" names the day "2026-02-30", which no calendar has',
    ),
    (
        f"{HEAD}{STEP}[[holiday]]\ndate = 2026-12-24\n[[holiday]]\ndate = '2026-12-24'\n",
        "9: the day 2026-12-24 is a holiday already",
    ),
    (f"{HEAD}{STEP}[[holiday]]\ndate = 2026-12-24\nnam = 'x'\n", '8: unknown key "nam"'),
    (f"{HEAD}{STEP}rate = 5\n", '6: "rate" must be a table in { }'),
    (f"{HEAD}{STEP}rate = {{ star = 5 }}\n", '6: unknown key "star"; did you mean "stars"?'),
    (f'{HEAD}{STEP}rate = {{ comment = "x" }}\n', '6: the key "stars" is missing'),
    (f"{HEAD}{STEP}rate = {{ stars = 0 }}\n", '6: "stars" must be at least 1'),
    (f"{HEAD}{STEP}rate = {{ stars = 6 }}\n", '6: "stars" must be at most 5'),
    (f"{HEAD}{STEP}rate = {{ stars = 5 }}\n", '6: a step has "mail" or "rate", not both'),
    (
        f"{HEAD}{STEP}expect = [{{ ticket = 1, rating = {{ star = 5 }} }}]\n",
        '6: unknown key "star"; did you mean "stars"?',
    ),
    (
        f"{HEAD}{STEP}fixed = {{ defect = '17' }}\n",
        '6: a step has "mail" or "fixed", not both',
    ),
    (f"{HEAD}[[step]]\nfixed = {{ version = '6' }}\n", '5: the key "defect" is missing'),
    (f"{HEAD}[[step]]\nfixed = '17'\n", '5: "fixed" must be a table in { }'),
    (f"{HEAD}{STEP}expects = []\n", '6: unknown key "expects"; did you mean "expect"?'),
    (f'{HEAD}{STEP}after = "7 days"\n', '6: "after" must be a duration such as "7d", "6d 23h"'),
    (f"{HEAD}{STEP}after = 7\n", '6: "after" must be text in quotes'),
    (f'{HEAD}{STEP}after = "999999w"\n', '6: "after" leads beyond the year 9999'),
    (
        f'{HEAD}{STEP}after = "1d"\nat = 2026-03-03T09:00:00Z\n',
        '7: a step has "after" or "at", not',
    ),
    (f'{HEAD}{STEP}at = "soon"\n', '6: "at" must be a time such as 2026-03-02T09:00:00+01:00'),
    (f'{HEAD}{STEP}at = "2026-03-02"\n', '6: "at" needs an offset, as in 2026-'),
    (
        f"{HEAD}{STEP}at = 2026-03-01T09:00:00Z\n",
        '6: "at" lies before the step before it, at 2026-',
    ),
    (f'{HEAD}{STEP}authentic = "no"\n', '6: "authentic" must be true or false, without quotes'),
    (
        f'{HEAD}[[step]]\nfrom = "x@y.example"\n',
        '5: "from" says something of a mail, and this step',
    ),
    (f"{HEAD}[person]\n{STEP}", '4: "person" must be written as [[person]]'),
    (
        f'{HEAD}[[person]]\naddress = "jan"\n{STEP}',
        '5: "address": "jan" is no mail address: an address has',
    ),
    (
        f'{HEAD}[[person]]\naddress = "jan@x.example"\nsite = {{ x = 1 }}\n{STEP}',
        '6: "site" must be one value: text in quotes, a number or a date',
    ),
    (
        f'{HEAD}[[person]]\naddress = "jan@x.example"\n"é" = "1"\n{STEP}',
        '6: "é" is no column of the directory: a column',
    ),
    (
        f'{HEAD}[[person]]\naddress = "jan@x.example"\ndomains = "x.example"\n{STEP}',
        '6: "domains": domains belong to an organisation; name it',
    ),
    (
        f'{HEAD}[[person]]\naddress = "jan@x.example"\nreseller = "partner"\n{STEP}',
        '6: "reseller": "partner" is no mail address: an address has',
    ),
    (
        f'{HEAD}[[order]]\norder = "A-1"\naddress = "jan@x.example"\n{STEP}',
        '6: "address": no [[person]] has the address jan@x.example',
    ),
    (
        (
            f'{HEAD}[[person]]\naddress = "jan@x.example"\n[[order]]\norder = "A-1"\n'
            f'address = "jan@x.example"\npurchased_on = "1 May"\n{STEP}'
        ),
        '9: "purchased_on": "1 May" is no date; write year, month and day',
    ),
    (
        f'{HEAD}{STEP}expect = [\n{{ ticket = 1, state = "x" }}]\n',
        '7: unknown key "state"; did you',
    ),
    (f"{HEAD}{STEP}expect = [{{ ticket = 0 }}]\n", '6: "ticket" must be at least 1'),
    (f"{HEAD}{STEP}expect = [{{ ticket = true }}]\n", '6: "ticket" must be a whole number'),
    (f'{HEAD}{STEP}expect = [{{ to = "x@y.example" }}]\n', "6: an expectation has one of the keys"),
    (f'{HEAD}{STEP}expect = [{{ mail = "*", body = "x" }}]\n', '6: unknown key "body"'),
    (f'{HEAD}{STEP}expect = [{{ mail = "-", subject = "x" }}]\n', '6: unknown key "subject"'),
    (f'{HEAD}{STEP}expect = [{{ mail = "*", contains = 5 }}]\n', '6: "contains" must be text in'),
    (
        f"{HEAD}{STEP}expect = [{{ ticket = 1, opened_at = 2026-03-02T09:00:00 }}]\n",
        "6: a time needs",
    ),
    (f"{HEAD}{STEP}expect = [5]\n", '6: "expect" must be a list of tables: [{ ... }, { ... }]'),
    (
        f'{HEAD}[[step]]\nmail = "{{{{cases:1}}}}"\n',
        "5: unknown placeholder {{cases:1}}; did you mean",
    ),
    (
        f'{HEAD}[[step]]\nmail = "{{{{case:AC-1}}}}"\n',
        "5: {{case:AC-1}} needs the number of a ticket",
    ),
    (f'{HEAD}[[step]]\nmail = "{{{{reply_to:LAST}}}}"\n', "5: {{reply_to:LAST}} needs an address"),
    ("title = ", "1: not well-formed TOML"),
]


def findings(path: Path, text: str) -> list[str]:
    """Give what is wrong with a conversation, without the path."""
    path.write_text(text)
    with pytest.raises(Misconfigured) as refused:
        read(path, ["north", "south"])
    return [str(finding).removeprefix(f"{path}:") for finding in refused.value.findings]


@pytest.mark.parametrize(("text", "finding"), BAD)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, finding: str) -> None:
    """A finding names the line, the key, and where it can what was meant."""
    assert any(found.startswith(finding) for found in findings(tmp_path / "c.toml", text))


def test_everything_is_said_at_once(tmp_path: Path) -> None:
    """An admin mends a file in one go; findings come in the order of their lines."""
    text = f'{HEAD}[[step]]\nmial = "x"\nafter = "soon"\nexpect = [{{ tickets = "2" }}]\n'
    found = findings(tmp_path / "c.toml", text)
    assert ["5", "6", "7"] == [one.partition(":")[0] for one in found]


def test_other_braces_are_a_mails_own_business(tmp_path: Path) -> None:
    """A mail may say what a template would."""
    path = tmp_path / "c.toml"
    path.write_text(f'{HEAD}[[step]]\nmail = "{{{{ 7*7 }}}} {{{{ config:x }}}} {{% raw %}}"\n')
    (step,) = read(path, ["north"]).steps
    assert "{{ 7*7 }} {{ config:x }} {% raw %}" == step.mail


def test_a_time_may_stand_in_quotation_marks(tmp_path: Path) -> None:
    """It is no less clear."""
    path = tmp_path / "c.toml"
    path.write_text(f'{HEAD}[[step]]\nat = "2026-03-02T09:30:00+01:00"\n')
    (step,) = read(path, ["north"]).steps
    assert datetime(2026, 3, 2, 8, 30, tzinfo=UTC) == step.moment


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("7d", 168),
        ("6d 23h", 167),
        ("6d23h", 167),
        ("90m", 1.5),
        ("30min", 0.5),
        ("1w 1s", 168 + 1 / 3600),
    ],
)
def test_durations_are_written_by_unit(text: str, hours: float) -> None:
    """A day is 24 hours."""
    assert timedelta(hours=hours) == duration.parse(text)


@pytest.mark.parametrize("text", ["", " ", "7", "d", "-1d", "1.5h", "1d,2h", "1day", "1d 2x"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ValueError, match="must be a duration"):
        duration.parse(text)
