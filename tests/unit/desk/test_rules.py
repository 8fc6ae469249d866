"""What a desk's rules make of a mail or a timer: order, answers, limits, what is missing."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.config.desk import Desk
from gateway.config.policy import (
    Copy,
    Detail,
    Escalation,
    Group,
    Moment,
    Often,
    Rule,
)
from gateway.config.policy import Setting as Sets
from gateway.desk.case import Case
from gateway.desk.choice import Choice, Trust
from gateway.desk.known import Known
from gateway.desk.person import Fact, Person
from gateway.desk.rules import Fired, rule, rule_on_time
from gateway.desk.ruling import CopyTo, Notice, Ruling, Said, Setting, Verdict
from lib.desks import ADA, CASE, DESK, JAN, NOW, TICKET

_DESK = replace(
    DESK,
    severities=("high", "middle", "low"),
    types=("question", "fault"),
    group=(Group("second", (ADA,)),),
    escalation=(
        Escalation("up", ("managers",), severity="high", assign="second"),
        Escalation("raise", raise_severity=True),
    ),
)
_BOTH = (Moment.NEW, Moment.REPLY)


def desk(*rules: Rule, **changes: object) -> Desk:
    """Give the desk with these rules."""
    return replace(_DESK, rule=rules, **changes)  # type: ignore[arg-type]


def new(*rules: Rule, case: Case = CASE) -> Ruling:
    """Ask rules of a mail that opens a ticket."""
    return rule(replace(case, desk=desk(*rules)), Moment.NEW, NOW)


def reply(*rules: Rule, canned: tuple[str, ...] = (), case: Case = CASE) -> Ruling:
    """Ask rules of a mail on a ticket, which has had these canned answers."""
    choice = Choice(replace(TICKET, canned=canned), None)
    return rule(replace(case, desk=desk(*rules), choice=choice), Moment.REPLY, NOW)


def test_no_rule_is_asked_but_those_of_the_moment() -> None:
    """A verdict for each rule that is asked, in the order of the file."""
    rules = (
        Rule("a", "true", (Moment.REPLY,), hold=True),
        Rule("b", "false", _BOTH, hold=True),
        Rule("c", "true", _BOTH, tag=("c",)),
        Rule("d", "true", (Moment.TIME,), tag=("d",)),
    )
    missed = Verdict("b", hit=False, why="the condition does not hold")
    assert new(*rules).verdicts == (missed, Verdict("c", hit=True))
    assert reply(*rules).verdicts == (Verdict("a", hit=True), missed, Verdict("c", hit=True))
    fired = Fired(TICKET, "remind")
    assert rule_on_time(desk(*rules), fired, NOW).verdicts == (Verdict("d", hit=True),)


def test_a_later_rule_sets_over_an_earlier_one() -> None:
    """All settings are kept with their rules; of a field, the last holds."""
    ruling = new(
        Rule("a", "true", set=Sets(type="fault", severity="low"), tag=("x",), assign=ADA),
        Rule("b", "true", set=Sets(severity="high", language="nl", product="Ink"), assign="second"),
        Rule("c", "true", set=Sets(status="Answered")),
    )
    assert ruling.settings == (
        Setting("type", "fault", "a"),
        Setting("severity", "low", "a"),
        Setting("assignee", ADA, "a"),
        Setting("tag", "x", "a"),
        Setting("severity", "high", "b"),
        Setting("language", "nl", "b"),
        Setting("product", "Ink", "b"),
        Setting("group", "second", "b"),
        Setting("status", "Answered", "c"),
    )


def test_a_rule_knows_what_those_above_it_set() -> None:
    """Type, severity, status, tags and whose it is: a group takes a case from its assignee."""
    seen = 'ticket.type == "fault" && ticket.severity == "high" && ticket.status == "Done"'
    ruling = new(
        Rule("before", seen, tag=("never",)),
        Rule("a", "true", set=Sets(type="fault", status="Done"), tag=("x", "x"), assign=ADA),
        Rule("b", "true", escalate="up"),
        Rule("after", f'{seen} && ticket.tags == ["x"] && ticket.phase == "closed"', tag=("y",)),
        Rule("whose", 'ticket.assignee == "" && ticket.group == "second"', untag=("x",)),
        Rule("last", 'ticket.tags == ["y"]'),
    )
    assert [verdict.hit for verdict in ruling.verdicts] == [False, True, True, True, True, True]


def test_a_rule_knows_the_product_and_a_severity_that_was_raised() -> None:
    """By one step, of what the rules above have set; the highest stays."""
    raised = 'ticket.product == "Ink" && ticket.severity == "{}"'
    sender = replace(CASE.sender, person=Person(JAN, facts=(Fact("product", "Paper"),)))
    ruling = new(
        Rule("theirs", 'ticket.product == "Paper"', tag=("theirs",)),
        Rule("a", "true", set=Sets(severity="low", product="Ink"), escalate="raise"),
        Rule("once", raised.format("middle"), escalate="raise", tag=("once",)),
        Rule("twice", raised.format("high"), escalate="raise", tag=("twice",)),
        Rule("highest", raised.format("high"), tag=("highest",)),
        case=replace(CASE, sender=sender),
    )
    assert [verdict.hit for verdict in ruling.verdicts] == [True] * 5


def test_a_rule_knows_that_what_an_agent_has_set_stays() -> None:
    """Whatever the rules above it set."""
    rules = (
        Rule("a", "true", (Moment.REPLY,), set=Sets(type="fault", severity="high"), assign=ADA),
        Rule("b", 'ticket.type == "fault" || ticket.assignee != ""', (Moment.REPLY,), tag=("b",)),
        Rule("c", 'ticket.severity == "high"', (Moment.REPLY,), tag=("c",)),
    )
    ticket = replace(TICKET, by_agent=("type", "severity", "assignee"))
    case = replace(CASE, choice=Choice(ticket, Trust.REPLY_ADDRESS), desk=desk(*rules))
    hits = [verdict.hit for verdict in rule(case, Moment.REPLY, NOW).verdicts]
    assert hits == [True, False, False]


def test_the_first_answer_counts_and_stop_ends() -> None:
    """A second answer is not sent beside the first; behind `stop` nothing is asked."""
    ruling = new(
        Rule("a", "false", reply="faq/a", stop=True),
        Rule("b", "true", reply="faq/b"),
        Rule("c", "true", reply="faq/c", tag=("c",), stop=True),
        Rule("d", "true", reply="faq/d"),
    )
    assert ruling.reply == Said("faq/b", "b")
    assert ruling.settings == (Setting("tag", "c", "c"),)
    assert [verdict.rule for verdict in ruling.verdicts] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("canned", "expected"),
    [
        ((), "faq/one"),
        (("faq/one",), "faq/two"),
        (("faq/one", "faq/two"), "faq/three"),
        (("faq/two",), "faq/one"),
        (("faq/one", "faq/two", "faq/three"), ""),
    ],
)
def test_a_decision_tree_goes_on_where_it_was(canned: tuple[str, ...], expected: str) -> None:
    """A rule whose answer the ticket has had does not hit, does not stop, and does not set."""
    ruling = reply(
        Rule("1", "true", _BOTH, reply="faq/one", stop=True, tag=("one",)),
        Rule("2", "true", _BOTH, reply="faq/two", stop=True),
        Rule("3", "true", _BOTH, reply="faq/three", stop=True),
        Rule("a person", "true", (Moment.REPLY,), work=True),
        canned=canned,
    )
    assert (ruling.reply.value if ruling.reply else "") == expected
    assert ruling.is_work is (expected == "")
    before = [verdict.rule for verdict in ruling.verdicts if verdict.why == "answered before"]
    assert len(before) == (len(ruling.verdicts) - 1)


def test_work_is_said_or_follows_from_an_answer() -> None:
    """A canned answer makes a case nobody's work, unless a rule says so."""
    answer = Rule("a", "true", reply="faq/a")
    assert new().is_work is True
    assert new(answer).is_work is False
    assert new(answer, Rule("b", "true", work=True)).is_work is True
    assert new(Rule("b", "true", work=False)).is_work is False
    assert new(Rule("b", "true", work=False), Rule("c", "true", work=True)).is_work is True


def test_what_rules_do_is_kept_with_their_names() -> None:
    """Notices and escalations of all rules; of what keeps a mail off its ticket, the first."""
    ruling = new(
        Rule("a", "true", notify=("managers",), escalate="up", hold=True),
        Rule("b", "true", notify=("second",), notify_with="agent/loud", refuse="customer/no"),
        Rule("c", "true", hold=True, refuse="customer/other"),
    )
    assert ruling.notices == (
        Notice(("managers",), "agent/new", "a"),
        Notice(("second",), "agent/loud", "b"),
    )
    assert ruling.escalations == (Said("up", "a"),)
    assert (ruling.hold, ruling.refuse) == (Said("", "a"), Said("customer/no", "b"))


def test_thanks_are_kept() -> None:
    """A rule can file a thank-you without moving anything."""
    thanks = replace(CASE, mail=replace(CASE.mail, text="Thank you!"))
    rules = (Rule("thanks", "mail.thanks", (Moment.REPLY,), keep=True, stop=True),)
    assert reply(*rules, case=thanks).keep == Said("", "thanks")
    assert reply(*rules).keep is None


@pytest.mark.parametrize(("hits", "expected"), [(0, True), (1, True), (2, False), (7, False)])
def test_a_rule_hits_so_often_for_a_sender(hits: int, expected: bool) -> None:  # noqa: FBT001
    """At its limit it misses and says so; rules that hit and are limited are counted."""
    ruling = new(
        Rule("loud", "true", set=Sets(severity="high"), limit=Often(2, "1d")),
        Rule("free", "true", set=Sets(type="fault")),
        case=replace(CASE, known=Known(hits=(("loud", hits), ("free", 9)))),
    )
    assert ruling.counted == (("loud",) if expected else ())
    assert [verdict.hit for verdict in ruling.verdicts] == [expected, True]
    assert ruling.verdicts[0].why == ("" if expected else "has hit 2 times within 1d")


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("Partner@Reseller.example", ("partner@reseller.example",)),
        ("", ()),
        ("not an address", ()),
        ("help@north.example", ()),
        (ADA, ()),
        (JAN, ()),
    ],
)
def test_a_copy_goes_to_a_partner_and_never_to_us(column: str, expected: tuple[str, ...]) -> None:
    """Whose address stands in the column, unless it is ours, an agent's or the customer's own."""
    person = Person(JAN, facts=(Fact("reseller", column),))
    known = replace(CASE, sender=replace(CASE.sender, person=person))
    copy = Rule("copy", "true", copy=Copy("reseller", "partner/case"))
    told = tuple(CopyTo(address, "partner/case", "copy") for address in expected)
    assert new(copy, case=known).copies == told
    forged = replace(known, sender=replace(known.sender, failed=True))
    assert new(copy, case=forged).copies == ()


def test_a_failing_rule_misses_and_the_others_go_on() -> None:
    """Its reason stands in its verdict."""
    ruling = new(
        Rule("fails", 'customer.columns["seats"] == "5"', tag=("a",), stop=True),
        Rule("is none", "mail.urgent &&", tag=("b",), stop=True),
        Rule("hits", "true", tag=("c",)),
    )
    assert ruling.settings == (Setting("tag", "c", "hits"),)
    assert [verdict.why for verdict in ruling.verdicts] == [
        'Key not found in map : "seats"',
        "the condition ends too early",
        "",
    ]


def test_what_is_missing_is_what_matters_and_is_not_there() -> None:
    """Details are asked for by what the rules made of the mail, and only of a new one."""
    details = (
        Detail("there", {}, known='mail.text.mentions(["there"])'),
        Detail("browser", {}, known='mail.text.mentions(["firefox", "chrome"])'),
        Detail("steps", {}, known="false", when='ticket.type == "fault"'),
        Detail("number", {}, known="false", when='ticket.type == "question"'),
        Detail("fails", {}, known='customer.columns["a"] == "b"'),
    )
    fault = Rule("fault", "true", _BOTH, set=Sets(type="fault"))
    case = replace(CASE, desk=desk(fault, detail=details))
    assert rule(case, Moment.NEW, NOW).missing == ("browser", "steps")
    on_ticket = replace(case, choice=Choice(TICKET, None))
    assert rule(on_ticket, Moment.REPLY, NOW).missing == ()


def test_a_timers_rules_know_its_ticket() -> None:
    """They hit by the timer's name, and escalate, and never twice beyond a limit."""
    overdue = Rule(
        "overdue",
        'timer == "late" && ticket.severity == "low"',
        (Moment.TIME,),
        escalate="up",
        limit=Often(1),
    )
    late = Fired(TICKET, "late")
    assert rule_on_time(desk(overdue), late, NOW).escalations == (Said("up", "overdue"),)
    assert rule_on_time(desk(overdue), replace(late, timer="early"), NOW).escalations == ()
    again = replace(late, hits=(("overdue", 1),))
    assert rule_on_time(desk(overdue), again, NOW).escalations == ()


_RULES = st.lists(
    st.builds(
        Rule,
        name=st.sampled_from("abcdef"),
        when=st.sampled_from(
            ["true", "false", 'ticket.severity == "high"', "mail.", "1 / mail.copied.size() == 1"]
        ),
        on=st.sampled_from([(Moment.NEW,), (Moment.REPLY,), _BOTH]),
        set=st.sampled_from([Sets(), Sets(severity="high"), Sets(severity="low")]),
        reply=st.sampled_from(["", "faq/a", "faq/b"]),
        stop=st.booleans(),
        hold=st.booleans(),
    ),
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(rules=_RULES, canned=st.sampled_from([(), ("faq/a",), ("faq/a", "faq/b")]))
def test_each_rule_asked_has_a_verdict(rules: list[Rule], canned: tuple[str, ...]) -> None:
    """Of any rules: verdicts are the moment's rules in order, up to the first that stops.

    What a ticket has had is never answered again, and only rules that hit have a say.
    """
    ruling = reply(*rules, canned=canned)
    asked = [one for one in rules if Moment.REPLY in one.on]
    verdicts = ruling.verdicts
    assert [one.name for one in asked[: len(verdicts)]] == [verdict.rule for verdict in verdicts]
    pairs = list(zip(asked, verdicts, strict=False))
    stops = [one.stop and verdict.hit for one, verdict in pairs]
    assert True not in stops[:-1]
    assert len(verdicts) == len(asked) or stops[-1]
    assert ruling.reply is None or ruling.reply.value not in canned
    assert [verdict.hit for verdict in verdicts] == [not verdict.why for verdict in verdicts]
    said = [Setting("severity", o.set.severity, o.name) for o, v in pairs if v.hit]
    assert ruling.settings == tuple(one for one in said if one.value)
