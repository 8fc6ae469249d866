"""What rules cost: little, and never without bound, whatever a mail says."""

from dataclasses import replace
from statistics import median
from time import process_time

import pytest

from gateway.config.policy import Moment, Rule, Setting
from gateway.desk.case import Case
from gateway.desk.rules import rule
from lib.desks import CASE, NOW

_WORDS = (
    *("printer", "report", "export", "crash", "licence", "install", "upgrade", "hosting"),
    *("domain", "invoice", "password", "login", "slow", "error", "chart", "backup"),
)
_MAIL = (
    "Dear support, since this morning our printer queue shows nothing at all, although we have"
    " restarted it twice and nobody changed anything. Could you have a look at it?\n"
) * 12


def _condition(index: int) -> str:
    word, other = _WORDS[index % 16], _WORDS[index * 7 % 16]
    return (
        rf'mail.subject.matches("(?i)\\b({word}{index}|{other})\\b") && customer.plan != "x"',
        f'mail.text.mentions(["{word}{index}", "{other}s*", "no {word} at all"]) && !mail.urgent',
        f'customer.plan == "{word}{index}" || mail.subject.contains("{other}{index}")',
        rf'mail.text.matches("(?i)\\b{word}{index}\\b.*\\b{other}\\b") && mail.kind == "person"',
        f'support.level == "{word}" && ticket.severity in ["high", "low"] && clock.hour > 8',
    )[index % 5]


_RULES = tuple(
    Rule(f"rule {index}", _condition(index), set=Setting(severity="low")) for index in range(200)
)
_CASE = replace(CASE, desk=replace(CASE.desk, rule=_RULES))


def _cost(case: Case, times: int) -> float:
    """Give the median CPU seconds that all rules take."""
    costs = []
    for _ in range(times):
        begin = process_time()
        ruling = rule(case, Moment.NEW, NOW)
        costs.append(process_time() - begin)
        assert len(ruling.verdicts) == len(_RULES)
    return median(costs)


def test_two_hundred_rules_cost_less_than_five_milliseconds() -> None:
    """Of an ordinary mail, by conditions of all kinds, on two pages of text."""
    mail = replace(_CASE.mail, text=_MAIL, subject="Our printer does nothing since this morning")
    case = replace(_CASE, mail=mail)
    _cost(case, 1)  # compiles them
    assert 1900 < len(_MAIL) < 2100
    assert _cost(case, 21) < 0.005


@pytest.mark.parametrize(
    "piece",
    ["a b ", "printer1 ", "\u0301\u0323", "\ufdfa", "\x00", "(", "\U0001f600", "aaaa", "printer"],
)
def test_a_hostile_text_costs_little_more(piece: str) -> None:
    """So many rules on as much text as they see take a fraction of a second."""
    mail = replace(_CASE.mail, text=piece * (100_000 // len(piece)), subject=piece * 1000)
    assert _cost(replace(_CASE, mail=mail), 1) < 0.5
