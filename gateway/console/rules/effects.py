"""What a rule does, and when it is asked, in sentences."""

from collections.abc import Iterator

from gateway.config.desk import Desk
from gateway.config.policy import Escalation, Moment, Rule

ASKED = {
    Moment.NEW: "a mail that opens a case",
    Moment.REPLY: "a customer's mail on a case",
    Moment.NOTE: "an agent's note",
    Moment.TIME: "a timer that is due",
}
"""What a rule is asked of, by its moments."""


def effects(desk: Desk, rule: Rule) -> tuple[str, ...]:
    """Give all that a rule does when it hits, a sentence each."""
    return (*_on_the_case(rule), *_said(rule), *_escalated(desk, rule), *_on_the_mail(rule))


def _on_the_case(rule: Rule) -> Iterator[str]:
    for name in ("type", "severity", "status", "language", "product"):
        if value := getattr(rule.set, name):
            yield f"sets {name} to {value}"
    if rule.assign:
        yield f"assigns the case to {rule.assign}"
    if rule.tag:
        yield f"tags it {_listed(rule.tag)}"
    if rule.untag:
        yield f"takes away the tag {_listed(rule.untag)}"


def _said(rule: Rule) -> Iterator[str]:
    if rule.reply:
        yield f"answers with {rule.reply}, in place of the acknowledgement"
    if rule.work is not None:
        yield "makes it agents' work" if rule.work else "is no work for agents: none is told"
    if rule.notify:
        yield f"tells {_listed(rule.notify)}, by {rule.notify_with}"
    if rule.copy:
        yield f"copies it to the customer's {rule.copy.column}, by {rule.copy.mail}"


def _escalated(desk: Desk, rule: Rule) -> Iterator[str]:
    if not rule.escalate:
        return
    found = next((one for one in desk.escalation if one.name == rule.escalate), None)
    does = _listed(tuple(_escalation(found))) if found else ""
    yield f"escalates by “{rule.escalate}”" + (f": {does}" if does else "")


def _escalation(one: Escalation) -> Iterator[str]:
    if one.to:
        yield f"tells {_listed(one.to)} by {one.mail}"
    if one.raise_severity:
        yield "gives it the next higher severity"
    if one.severity:
        yield f"sets severity to {one.severity}"
    if one.status:
        yield f"sets status to {one.status}"
    if one.assign:
        yield f"assigns it to {one.assign}"


def _on_the_mail(rule: Rule) -> Iterator[str]:
    if rule.hold:
        yield "holds the mail for a person"
    if rule.refuse:
        yield f"holds the mail for a person and tells its sender by {rule.refuse}"
    if rule.keep:
        yield "files it without reopening the case or moving a clock"
    if rule.limit:
        times = "once" if rule.limit.most == 1 else f"{rule.limit.most} times"
        yield f"hits at most {times} within {rule.limit.within} for one sender"
    if rule.stop:
        yield "ends the rules for this mail"


def _listed(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
