"""Conditions of a desk file: what is wrong with one is found at load, with line and column."""

from pathlib import Path

import pytest

from gateway.config.desk import Desk
from gateway.config.rule_checks import check
from gateway.config.shape import fit
from gateway.config.toml_file import read

_DESK = """\
title = "Support"
addresses = ["help@desk.example", "praise@desk.example"]
languages = ["en", "nl"]
case_number = "CP-{n}{check}"
severities = ["high", "low"]
types = ["question", "fault"]
lifecycle = { start = "Open", reopened = "Open" }
entitlement = { otherwise = "none", level = [{ name = "paid", when = "customer.has_contract" }] }

[[status]]
name = "Open"
phase = "open"

[[timer]]
name = "late"
status = "Open"
after = "1d"
mail = "customer/reminder"

[[agent]]
address = "ada@desk.example"
name = "Ada"

[[group]]
name = "second"
members = ["ada@desk.example"]

[[rule]]
name = "given"
when = 'false || mail.urgent'
reply = "faq/how-to"
"""
_LINES = _DESK.count("\n")


def findings(tmp_path: Path, more: str, desk: str = _DESK) -> list[tuple[int, int, str]]:
    """Give line (counted from what is added), column and sentence of all that is found."""
    path = tmp_path / "desk.toml"
    path.write_text(desk + more)
    file = read(path)
    found = check(file, fit(Desk, file, name="desk", path=str(path)))
    return [(one.line - desk.count("\n"), one.column, one.message) for one in found]


def rule(when: str, *more: str, name: str = "it") -> str:
    """Give a rule as a desk file has it."""
    return "\n".join(["[[rule]]", f'name = "{name}"', f"when = {when}", 'tag = ["x"]', *more, ""])


def test_a_sound_desk_has_no_findings(tmp_path: Path) -> None:
    """Every value that is there may be compared with, and the empty one."""
    conditions = (
        'ticket.type == "fault" && ticket.severity in ["high", ""] && ticket.group == "second"',
        'mail.kind != "list" && mail.language == "nl" && "praise@desk.example" in mail.to',
        'support.level in ["paid", "none"] && account.by == "site" && account.by != ""',
        '"x" in ticket.tags',
        '"faq/how-to" in sender.answers || ticket.assignee == "ada@desk.example"',
    )
    rules = "".join(rule(f"'{one}'", name=f"{n}") for n, one in enumerate(conditions))
    timed = rule('\'timer == "late" && ticket.phase == "open"\'', 'on = ["time"]', name="timed")
    assert findings(tmp_path, rules + timed) == []


@pytest.mark.parametrize(
    ("when", "line", "column", "sentence"),
    [
        (
            '\'mail.kind == "x" || mail.subjct == "y"\'',
            3,
            29,
            'there is no variable "mail.subjct"; did you mean "mail.subject"?',
        ),
        (
            "'''\nmail.urgent &&\n  custmer.known'''",
            5,
            3,
            'there is no variable "custmer.known"; did you mean "customer.known"?',
        ),
        (
            '"""\nmail.from == \\"\\\\u00e9\\" \\\n   && mail.txt == \\"\\""""',
            5,
            7,
            'there is no variable "mail.txt"; did you mean "mail.text"?',
        ),
        (
            '"mail.from == \\"\\u00e9\\" && mail.txt == \\"\\""',
            3,
            36,
            'there is no variable "mail.txt"; did you mean "mail.text"?',
        ),
        ("'mail.text.matches(\"(\")'", 3, 27, "this pattern does not work: missing ): ("),
    ],
)
def test_a_mistake_has_its_line_and_column_in_the_file(
    tmp_path: Path, when: str, line: int, column: int, sentence: str
) -> None:
    """In every way of writing text in TOML, escapes and lines counted as an editor does."""
    assert (line, column, sentence) == next(
        one for one in findings(tmp_path, rule(when)) if "never" not in one[2]
    )


@pytest.mark.parametrize(
    ("condition", "column", "sentence"),
    [
        (
            'ticket.type == "falt"',
            24,
            '"ticket.type" is never "falt" on this desk; did you mean "f',
        ),
        ('"hihg" != ticket.severity', 9, '"ticket.severity" is never "hihg" on this desk; did you'),
        (
            'ticket.status in ["Open", "Opne"]',
            35,
            '"ticket.status" is never "Opne" on this desk; d',
        ),
        ('!("y" in ticket.tags)', 11, '"ticket.tags" is never "y" on this desk'),
        ('ticket.phase == "resolved"', 25, '"ticket.phase" is never "resolved" on this desk'),
        ('ticket.group == "secnd"', 25, '"ticket.group" is never "secnd" on this desk; did you me'),
        ('ticket.assignee == "eve@x.example"', 28, '"ticket.assignee" is never "eve@x.example" on'),
        (
            'mail.kind == "persn"',
            22,
            '"mail.kind" is never "persn" on this desk; did you mean "per',
        ),
        ('mail.language == "fi"', 26, '"mail.language" is never "fi" on this desk'),
        ('"prise@desk.example" in mail.to', 9, '"mail.to" is never "prise@desk.example" on this d'),
        ('account.by == "adress"', 23, '"account.by" is never "adress" on this desk; did you mean'),
        ('support.level == "payd"', 26, '"support.level" is never "payd" on this desk; did you me'),
        (
            '"faq/howto" in sender.answers',
            9,
            '"sender.answers" is never "faq/howto" on this desk; ',
        ),
    ],
)
def test_a_value_that_the_desk_does_not_have(
    tmp_path: Path, condition: str, column: int, sentence: str
) -> None:
    """A variable with a closed list is compared with nothing else."""
    (found,) = findings(tmp_path, rule(f"'{condition}'"))
    assert (3, column, sentence) == (found[0], found[1], found[2][: len(sentence)])


def test_a_timer_that_the_desk_does_not_have(tmp_path: Path) -> None:
    """A rule on time names a timer that there is."""
    more = rule("'timer == \"lat\"'", 'on = ["time"]')
    assert findings(tmp_path, more) == [
        (3, 18, '"timer" is never "lat" on this desk; did you mean "late"?')
    ]


@pytest.mark.parametrize(
    ("condition", "on", "sentence"),
    [
        ('ticket.number != ""', "", '"ticket.number" is not known on "new", only on "reply" and'),
        (
            "ticket.days_open > 5",
            'on = ["reply", "new"]',
            '"ticket.days_open" is not known on "new"',
        ),
        (
            "mail.urgent",
            'on = ["new", "time"]',
            '"mail.urgent" is not known on "time", only on "new"',
        ),
        ('timer == "late"', 'on = ["reply"]', '"timer" is not known on "reply", only on "time"'),
    ],
)
def test_a_variable_that_is_not_known_then(
    tmp_path: Path, condition: str, on: str, sentence: str
) -> None:
    """A rule speaks of what is known at each of its moments."""
    (found,) = findings(tmp_path, rule(f"'{condition}'", on))
    assert (3, 9, sentence) == (found[0], found[1], found[2][: len(sentence)])


NEVER = [
    ("'false'", "", "its condition never holds"),
    ("'mail.urgent && false'", "", "its condition never holds"),
    ("'!(true || mail.urgent)'", "", "its condition never holds"),
    ('\'"a" == "b"\'', "", "its condition never holds"),
    (
        '\'ticket.type == "fault" && mail.urgent && "question" == ticket.type\'',
        "",
        '"ticket.type" would have to be two things at once',
    ),
    (
        "'mail.kind == \"list\"'",
        'on = ["reply"]',
        "no rule is asked of a machine's mail on a ticket",
    ),
]


@pytest.mark.parametrize(("when", "on", "why"), NEVER)
def test_a_condition_that_never_holds(tmp_path: Path, when: str, on: str, why: str) -> None:
    """A rule that can never hit is a mistake."""
    assert findings(tmp_path, rule(when, on)) == [(3, 1, f"this rule can never hit: {why}")]


_BEHIND = 'this rule can never hit: the rule "first" above it holds whenever it would, and stops'


@pytest.mark.parametrize(
    ("first", "second", "never"),
    [
        (("'true'", "stop = true"), ("'mail.urgent'",), True),
        (("'true'",), ("'mail.urgent'",), False),
        (("'true'", "stop = true", 'on = ["reply"]'), ("'mail.urgent'",), False),
        (
            ("'true'", "stop = true", 'on = ["reply"]'),
            ("'mail.urgent'", 'on = ["new", "reply"]'),
            False,
        ),
        (
            ("'true'", "stop = true", 'on = ["reply", "new"]'),
            ("'mail.urgent'", 'on = ["new", "reply"]'),
            True,
        ),
        (("'true'", "stop = true", "limit = { most = 1 }"), ("'mail.urgent'",), False),
        (("'true'", "stop = true", 'reply = "faq/a"'), ("'mail.urgent'",), True),
        (
            ("'true'", "stop = true", 'reply = "faq/a"', 'on = ["reply"]'),
            ("'mail.urgent'", 'on = ["reply"]'),
            False,
        ),
        (("'mail.urgent'", "stop = true"), ("'mail.urgent && mail.thanks'",), True),
        (("'mail.urgent'", "stop = true"), ("'mail.thanks && (mail.urgent)'",), True),
        (("'mail.urgent && mail.thanks'", "stop = true"), ("'mail.urgent'",), False),
        (("'mail.urgent || mail.thanks'", "stop = true"), ("'mail.urgent'",), False),
        (("'mail.from == \"1\"'", "stop = true"), ("'mail.from == \"2\"'",), False),
    ],
)
def test_a_rule_behind_one_that_stops(
    tmp_path: Path,
    first: tuple[str, ...],
    second: tuple[str, ...],
    never: bool,  # noqa: FBT001
) -> None:
    """What demands all that a stopping rule above it does is never asked at the same moment."""
    above = rule(*first, name="first")
    found = findings(tmp_path, above + rule(*second))
    assert found == ([(3 + above.count("\n"), 1, _BEHIND)] if never else [])


def test_levels_that_nobody_can_have(tmp_path: Path) -> None:
    """Behind a level that everybody has there is no other; nor is one that contradicts itself."""
    level = '{ name = "paid", when = "customer.has_contract" }'
    levels = (
        "{ name = 'a', when = 'order.plan == \"x\" && order.plan == \"y\"' }, "
        "{ name = 'b', when = 'true' }, { name = 'c', when = 'customer.knwn' }, "
        "{ name = 'd', when = 'customer.known' }"
    )
    messages = [message for _, _, message in findings(tmp_path, "", _DESK.replace(level, levels))]
    assert messages == [
        'there is no variable "customer.knwn"; did you mean "customer.known"?',
        'nobody can have this level: "order.plan" would have to be two things at once',
        'nobody can have this level: everybody has the level "b" above it',
    ]


def test_details_are_checked(tmp_path: Path) -> None:
    """Both conditions of a detail are, with what a detail may ask."""
    detail = (
        '[[detail]]\nname = "browser"\n'
        "ask = { en = 'Which?', nl = 'Welke?' }\n"
        "known = 'mail.text.mention([\"firefox\"])'\n"
        'when = \'order.number == "" && ticket.type == "falt"\'\n'
    )
    assert findings(tmp_path, detail) == [
        (4, 20, 'there is no function "mention"; did you mean "mentions"?'),
        (5, 9, '"order.number" cannot be asked here, only in level'),
    ]


def test_rules_that_would_take_too_long(tmp_path: Path) -> None:
    """Many patterns in loops are refused; as many outside, and a few in loops, are not."""

    def rules(condition: str, count: int) -> str:
        return "".join(rule(f"'{condition}'", name=f"rule {number}") for number in range(count))

    pattern = 'mail.headers[a].matches("x.*y")'
    loop = f"mail.headers.exists(a, {' || '.join([pattern] * 40)})"
    outside = " || ".join(['mail.text.matches("x.*y")'] * 40)
    assert [] == findings(tmp_path, rules(loop, 5) + rules(outside, 1).replace("rule 0", "other"))
    (message,) = [message for _, _, message in findings(tmp_path, rules(loop, 8))]
    assert message.startswith("the conditions up to here have more than 5000 patterns")
