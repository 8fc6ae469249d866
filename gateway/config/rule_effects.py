"""What rules do: whether what they name is there, and whether what they say goes together."""

import re
from collections.abc import Iterator

from gateway.config.policy import Moment, Rule, Setting
from gateway.config.references import AGENTS, PARTNERS, References
from gateway.config.toml_file import did_you_mean
from gateway.errors import Finding

_COLUMN = re.compile(r"[a-z][a-z0-9_]{0,62}")
_EFFECTS = (
    *("set", "reply", "work", "assign", "notify", "copy", "escalate"),
    *("tag", "untag", "hold", "refuse", "keep", "stop"),
)
_ABOUT_A_MAIL = ("hold", "refuse", "copy")
_TO_A_CUSTOMER = ("reply", "work", "keep", *_ABOUT_A_MAIL)


def check(names: References) -> Iterator[Finding]:
    """Find what is wrong with what the rules of a desk do."""
    yield from names.same_names("rules", (rule.name for rule in names.desk.rule), "rule")
    for index, rule in enumerate(names.desk.rule):
        yield from _references(names, rule, index)
        for key, message in (*_at_the_wrong_time(names, rule), *_contradictions(rule)):
            yield names.file.finding(message, "rule", index, key)


def _references(names: References, rule: Rule, index: int) -> Iterator[Finding]:
    at = ("rule", index)
    yield from names.type(rule.set.type, *at, "set", "type")
    yield from names.severity(rule.set.severity, *at, "set", "severity")
    yield from names.status(rule.set.status, *at, "set", "status")
    yield from names.language(rule.set.language, *at, "set", "language")
    yield from names.template(rule.reply, (), *at, "reply")
    yield from names.template(rule.refuse, (), *at, "refuse")
    yield from names.assignee(rule.assign, *at, "assign")
    yield from names.targets(rule.notify, *at, "notify")
    yield from names.template(rule.notify_with, AGENTS, *at, "notify_with")
    yield from names.escalation(rule.escalate, *at, "escalate")
    yield from names.twice(rule.tag, *at, "tag")
    yield from names.twice(rule.untag, *at, "untag")
    yield from names.twice(rule.on, *at, "on")
    if rule.copy:
        yield from names.template(rule.copy.mail, PARTNERS, *at, "copy", "mail")
        if not rule.copy.mail:
            yield names.file.finding('"mail" must not be empty', *at, "copy", "mail")
        if not _COLUMN.fullmatch(rule.copy.column):
            hint = did_you_mean(rule.copy.column, ("reseller",))
            message = f'"column" must be a column of the directory: a-z, 0-9 and _{hint}'
            yield names.file.finding(message, *at, "copy", "column")
    if rule.limit:
        yield from names.duration(rule.limit.within or "0s", *at, "limit", "within")


def _at_the_wrong_time(names: References, rule: Rule) -> Iterator[tuple[str, str]]:
    """Give (key, what is wrong with it): things that cannot be done when the rule is asked."""
    for key in _ABOUT_A_MAIL:
        if getattr(rule, key) and Moment.TIME in rule.on:
            yield key, f'"{key}" is about a mail, and a timer, which "on" has, brings none'
    if rule.limit and Moment.TIME in rule.on:
        yield "limit", '"limit" counts the mails of a sender, and a timer, which "on" has, has none'
    for key in _TO_A_CUSTOMER:
        if _does(rule, key) and Moment.NOTE in rule.on:
            yield key, f'"{key}" is about a customer\'s mail, and "on" has agents\' notes'
    if rule.keep and Moment.NEW in rule.on:
        yield "keep", '"keep" is about a mail on a ticket, and "on" has mails that open one'
    if rule.on == (Moment.TIME,) and not names.desk.timer:
        yield "on", "the rule is asked of timers only, and the desk has no [[timer]]"


def _contradictions(rule: Rule) -> Iterator[tuple[str, str]]:
    """Give (key, what is wrong with it): things that do not go together, or come to nothing."""
    done = {key for key in _EFFECTS if _does(rule, key)}
    if not done:
        yield "name", f"the rule does nothing; it needs one of {', '.join(_EFFECTS)}"
    holding = next((key for key in ("refuse", "hold") if key in done), "")
    if rule.hold and rule.refuse:
        yield "hold", '"hold" says nothing beside "refuse", which keeps the mail as well'
    if rule.reply and holding:
        yield "reply", f'"reply" contradicts "{holding}", which puts the mail on no ticket'
    if rule.keep and holding:
        yield "keep", f'"keep" contradicts "{holding}", which puts the mail on no ticket'
    if rule.keep and rule.set.status:
        yield "keep", '"keep" moves nothing, and "set" gives a status'
    if rule.notify_with != "agent/new" and not rule.notify:
        yield "notify_with", '"notify_with" needs "notify" beside it'


def _does(rule: Rule, key: str) -> bool:
    value = getattr(rule, key)
    return value is not None if key == "work" else bool(value) and value != Setting()
