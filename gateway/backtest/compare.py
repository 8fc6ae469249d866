"""What would differ about a mail: field by field, and the rule that did it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from gateway.backtest.became import NOTHING, Became
from gateway.desk.case import Case
from gateway.desk.decision import Outcome
from gateway.store.past import Decided

RANK = ("type", "severity", "status", "level", "group", "assignee")
"""The fields of a ticket that are compared, beside its tags."""

ANSWERS = frozenset({"answers", "told"})
"""The fields that say who gets which mail."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one mail that would be otherwise; `by` says what makes it so, "" if unknown.

    `field` is thread, outcome, one of `RANK`, tags, answers, told or desk. `case` is the number of
    the case that the mail belongs to, "" if it belongs to none.
    """

    mail: int
    case: str
    desk: str
    received_at: datetime
    author: str
    subject: str
    field: str
    then: str
    now: str
    by: str


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    then: str
    now: str


def differences(mail: Decided, case: Case, was: Became, is_now: Became) -> tuple[Difference, ...]:
    """Give what would differ; nothing if all would be the same."""
    return tuple(
        Difference(
            mail=mail.spool_id,
            case=was.ticket.number if was.ticket else "",
            desk=mail.desk,
            received_at=mail.received_at,
            author=mail.author,
            subject=case.mail.subject,
            field=one.name,
            then=one.then,
            now=one.now,
            by=_by(case, was, is_now, one),
        )
        for one in _fields(was, is_now)
    )


def elsewhere(mail: Decided, subject: str, desk: str) -> Difference:
    """Give the difference of a mail that another desk gets now, "-" if none does."""
    return Difference(
        mail=mail.spool_id,
        case="",
        desk=mail.desk,
        received_at=mail.received_at,
        author=mail.author,
        subject=subject,
        field="desk",
        then=mail.desk,
        now=desk or NOTHING,
        by="the addresses of the desks",
    )


def _fields(was: Became, is_now: Became) -> Iterator[_Field]:
    """Give the fields that differ. The rank of another ticket is another matter."""
    same_ticket = was.thread == is_now.thread
    if not same_ticket and was.thread:
        yield _Field("thread", was.thread, is_now.thread)
    if is_now.outcome != was.outcome and not _was_dropped(was, is_now):
        yield _Field("outcome", was.outcome, is_now.outcome)
    if same_ticket and was.ticket is not None and is_now.ticket is not None:
        for name in RANK:
            before, after = getattr(was.ticket, name), getattr(is_now.ticket, name)
            if before != after:
                yield _Field(name, before or NOTHING, after or NOTHING)
        tags = (sorted(was.ticket.tags), sorted(is_now.ticket.tags))
        if tags[0] != tags[1]:
            yield _Field("tags", ", ".join(tags[0]) or NOTHING, ", ".join(tags[1]) or NOTHING)
    yield from _mails(was, is_now)


def _was_dropped(was: Became, is_now: Became) -> bool:
    """Say whether it is held as before; why, is not known any more once a person drops it."""
    return was.outcome == Outcome.HELD.value == is_now.outcome.partition(":")[0]


def _mails(was: Became, is_now: Became) -> Iterator[_Field]:
    """Give who would get other mails, but for those about which an address or a limit decides."""
    left_out = was.withheld | is_now.withheld
    pairs = {"answers": (was.answers, is_now.answers), "told": (was.told, is_now.told)}
    for name, (before, after) in pairs.items():
        # What may not be sent to a customer makes agents be told of it.
        if name == "told" and was.withheld != is_now.withheld:
            continue
        gone = sorted(one for one in before - after if not _is_among(one, left_out))
        new = sorted(one for one in after - before if not _is_among(one, left_out))
        if gone or new:
            yield _Field(name, ", ".join(gone) or NOTHING, ", ".join(new) or NOTHING)


def _is_among(mail: str, withheld: frozenset[str]) -> bool:
    return mail.partition(" (")[0] in withheld


def _by(case: Case, was: Became, is_now: Became, field: _Field) -> str:
    """Say what makes a field different."""
    if field.name == "level":
        return case.entitled.why
    if rules := tuple(dict.fromkeys(_rules(case, is_now, field))):
        return _named(rules)
    gone = was.set_by.get((field.name, field.then))
    if gone:
        return f"no longer {_named((gone,))}"
    hits, misses = sorted(is_now.hits - was.hits), sorted(was.hits - is_now.hits)
    said = [_named(hits)] if hits else []
    said += [f"no longer {_named(misses)}"] if misses else []
    if field.name == "thread" and case.choice.why:
        said.append("; ".join(case.choice.why))
    return ", ".join(said)


def _rules(case: Case, is_now: Became, field: _Field) -> Iterator[str]:
    """Give the rules that say what the field is now."""
    ruling = case.ruling
    if (field.name, field.now) in is_now.set_by:
        yield is_now.set_by[field.name, field.now]
    if field.name == "tags":
        had = field.then.split(", ")
        made = {("tag", False), ("untag", True)}
        yield from (s.rule for s in ruling.settings if (s.field, s.value in had) in made)
    if field.name == "answers":
        wanted = [one for one in (ruling.reply, ruling.refuse) if one and one.value in field.now]
        yield from (one.rule for one in wanted)
        yield from (one.rule for one in ruling.copies if one.template in field.now)
    if field.name == "told":
        yield from (one.rule for one in ruling.notices if one.template in field.now)
        yield from (one.rule for one in ruling.escalations)
    if field.name == "outcome":
        kept = (ruling.hold, ruling.refuse, ruling.keep)
        yield from (one.rule for one in kept if one is not None)


def _named(rules: Iterable[str]) -> str:
    quoted = [f'"{one}"' for one in rules]
    return f"{'rule' if len(quoted) == 1 else 'rules'} {', '.join(quoted)}"
