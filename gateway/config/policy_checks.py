"""What a desk's policy must be beyond its shape: each name stands for something, and for one thing.

Rules have their own: `rule_effects.py` for what they do, `rule_checks.py` for their conditions.
"""

from collections.abc import Iterator

from gateway.config import feedback_checks
from gateway.config.references import AGENTS, THE_ASSIGNEE, WORDS, References
from gateway.errors import Finding


def check(names: References) -> Iterator[Finding]:
    """Find what is wrong with groups, escalations, news, entitlement, details and the rest."""
    yield from _groups(names)
    yield from _escalations(names)
    yield from names.targets(names.desk.notifications.new, "notifications", "new")
    yield from names.targets(names.desk.notifications.reply, "notifications", "reply")
    yield from _entitlement(names)
    yield from _details(names)
    yield from _resolutions(names)
    yield from _monthly_report(names)
    yield from feedback_checks.check(names)


def _monthly_report(names: References) -> Iterator[Finding]:
    key = "monthly_report"
    yield from names.targets(names.desk.monthly_report, key)
    for index, target in enumerate(names.desk.monthly_report):
        if target == THE_ASSIGNEE:
            yield names.file.finding(f'a report is about no case and has no "{target}"', key, index)


def _groups(names: References) -> Iterator[Finding]:
    agents = {agent.address: agent.active for agent in names.desk.agent}
    yield from names.same_names("groups", (one.name for one in names.desk.group), "group")
    for index, group in enumerate(names.desk.group):
        if group.name in WORDS:
            message = f'a group cannot be named "{group.name}", which is a word of its own'
            yield names.file.finding(message, "group", index, "name")
        at = ("group", index, "members")
        yield from names.twice(group.members, *at)
        for number, member in enumerate(group.members):
            if "@" in member and member not in agents:
                message = f'"members" names {member}, whom no [[agent]] has'
                yield names.file.finding(message, *at, number)
        if not any(agents.get(member, True) for member in group.members):
            yield names.file.finding('"members" has nobody who is active', *at)


def _escalations(names: References) -> Iterator[Finding]:
    escalations = names.desk.escalation
    yield from names.same_names("escalations", (one.name for one in escalations), "escalation")
    for index, one in enumerate(escalations):
        at = ("escalation", index)
        yield from names.targets(one.to, *at, "to")
        yield from names.template(one.mail, AGENTS, *at, "mail")
        yield from names.severity(one.severity, *at, "severity")
        yield from names.status(one.status, *at, "status")
        yield from names.assignee(one.assign, *at, "assign")
        if not one.mail:
            yield names.file.finding('"mail" must not be empty', *at, "mail")
        if one.raise_severity and not names.desk.severities:
            message = '"raise_severity" needs "severities", from the highest to the lowest'
            yield names.file.finding(message, *at, "raise_severity")
        if one.raise_severity and one.severity:
            message = '"raise_severity" contradicts "severity"'
            yield names.file.finding(message, *at, "raise_severity")
        if not (one.to or one.severity or one.raise_severity or one.status or one.assign):
            message = (
                'an escalation needs somebody in "to", or one of "severity", "raise_severity", '
                '"status" and "assign"'
            )
            yield names.file.finding(message, *at)


def _entitlement(names: References) -> Iterator[Finding]:
    entitlement = names.desk.entitlement
    yield from names.twice(entitlement.find_by, "entitlement", "find_by")
    levels = [one.name for one in entitlement.level]
    yield from names.same_names("levels", levels, "entitlement", "level")
    if entitlement.otherwise in levels:
        message = f'"otherwise" is "{entitlement.otherwise}", which is the name of a level'
        yield names.file.finding(message, "entitlement", "otherwise")


def _details(names: References) -> Iterator[Finding]:
    details = names.desk.detail
    yield from names.same_names("details", (one.name for one in details), "detail")
    for index, one in enumerate(details):
        at = ("detail", index, "ask")
        yield from names.languages(one.ask, *at)
        for language in names.desk.languages:
            if not one.ask.get(language, "").strip():
                message = f'"ask" has no words in "{language}", which the desk speaks'
                yield names.file.finding(message, *at)


def _resolutions(names: References) -> Iterator[Finding]:
    resolutions = names.desk.resolution
    yield from names.same_names("resolutions", (one.name for one in resolutions), "resolution")
    for index, one in enumerate(resolutions):
        at = ("resolution", index)
        yield from names.languages(one.labels, *at, "labels")
        yield from names.twice(one.severities, *at, "severities")
        for number, severity in enumerate(one.severities):
            yield from names.severity(severity, *at, "severities", number)
