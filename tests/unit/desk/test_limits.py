"""What a decision wants sent and may not be."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.config.settings import Sending
from gateway.desk.decision import Decision, Outcome, Reason, Reply, Touched, Unmuted
from gateway.desk.lately import Sendings
from gateway.desk.lifecycle import blank
from gateway.desk.limits import Restraint, Standing, of_timer, unasked
from gateway.desk.person import Person
from gateway.desk.tally import Tally
from gateway.desk.ticket import Change, Event, EventKind
from gateway.mail.model import Mailbox

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
JAN = "jan@klant.example"
VOUCHED = Standing(vouched=frozenset({JAN}), writer=JAN, person=True)
STRANGER = Standing(writer=JAN, person=True)
LIMITS = Sending()


def reply(template: str = "customer/acknowledge", to: str = JAN, **more: object) -> Reply:
    """Give an automatic mail."""
    return replace(Reply(template, Mailbox("", to), "en"), **more)  # type: ignore[arg-type]


def opened(subject: str = "Help") -> Event:
    """Give the event that opens a ticket."""
    return Event(EventKind.OPENED, NOW, JAN, "", (Change("subject", subject),))


def decision(*replies: Reply) -> Decision:
    """Give a decision that opens a ticket."""
    return Decision(Outcome.FILED, Reason.OPENED, events=(opened(),), replies=replies)


def restrained(
    wanted: Decision, before: Sendings | None = None, standing: Standing = VOUCHED
) -> Decision:
    """Restrain a decision."""
    house = Restraint(LIMITS, [before or Sendings(JAN)], lambda a: a.endswith("@desk.example"))
    return house.restrain(wanted, standing, NOW)


def why_withheld(before: Sendings, standing: Standing = VOUCHED, **more: object) -> str:
    """Say why one more acknowledgement is withheld, "" if it is not."""
    found = restrained(decision(reply(**more)), before, standing)  # type: ignore[arg-type]
    assert len(found.replies) + len(found.withheld) == 1
    return found.withheld[0] if found.withheld else ""


@pytest.mark.parametrize(
    ("before", "standing"),
    [
        ({"hour": 5}, VOUCHED),
        ({"three_hours": 10}, VOUCHED),
        ({"day": 20}, VOUCHED),
        ({"house": 10_000}, VOUCHED),
        ({"domain": 100}, STRANGER),
        ({"unvouched": 1000}, STRANGER),
        ({"failed": 1}, replace(STRANGER, failed=True)),
        ({"muted": "550 no such user"}, replace(VOUCHED, person=False)),
        ({}, replace(VOUCHED, storm="they send very much")),
    ],
    ids=str,
)
def test_what_exceeds_a_limit_is_withheld(before: dict[str, int], standing: Standing) -> None:
    """At the limit nothing more goes; one below, the last one does."""
    assert why_withheld(Sendings(JAN, **before), standing)  # type: ignore[arg-type]
    for name, count in before.items():
        if isinstance(count, int):
            assert not why_withheld(Sendings(JAN, **{name: count - 1}), standing)  # type: ignore[arg-type]


def test_breakers_are_for_those_nobody_vouches_for() -> None:
    """Whoever is vouched for is bound by their own limits, and by the house's alone."""
    assert not why_withheld(Sendings(JAN, domain=100, unvouched=1000, house=9999))


def test_mails_on_a_ticket_and_with_a_subject_have_limits_of_their_own() -> None:
    """Five an hour on a ticket; two of one template with one subject, numbers apart."""
    ticket = replace(blank(7, "NO-00017", "north", NOW), subject="Re: Help [NO-00017]")
    noted = Event(EventKind.ENTRY_ADDED, NOW, JAN, "")
    wanted = Decision(
        Outcome.FILED, Reason.APPENDED, ticket, (noted,), replies=(reply("customer/reminder"),)
    )
    found = restrained(wanted, Sendings(JAN, on_ticket=((7, 5, 5),)))
    assert ("on the case in an hour" in found.withheld[0], found.replies) == (True, ())
    topic = restrained(wanted).replies[0].topic
    for template, count in (("customer/reminder", 0), ("customer/acknowledge", 1)):
        found = restrained(wanted, Sendings(JAN, by_topic=((template, topic, 2),)))
        assert count == len(found.replies)


def test_mails_of_one_decision_count_for_each_other() -> None:
    """On its own ticket and on others."""
    ticket = blank(7, "NO-00017", "north", NOW)
    noted = Event(EventKind.ENTRY_ADDED, NOW, JAN, "")
    other = Touched(ticket, (noted,), replies=(reply("customer/merged"), reply("customer/closed")))
    wanted = replace(decision(reply(), reply("customer/answer", automatic=False)), others=(other,))
    found = restrained(wanted, Sendings(JAN, hour=3))
    sent = [r.template for r in (*found.replies, *found.others[0].replies)]
    assert ["customer/acknowledge", "customer/answer", "customer/merged"] == sent
    assert [EventKind.ENTRY_ADDED, EventKind.WITHHELD] == [e.kind for e in found.others[0].events]
    assert found.withheld[0].startswith(f"customer/closed to {JAN}: ")


def test_what_is_withheld_is_an_event_and_a_line() -> None:
    """A ticket says what its customer was not told; the decision's trace does as well."""
    found = restrained(decision(reply()), Sendings(JAN, hour=5))
    assert [EventKind.OPENED, EventKind.WITHHELD] == [event.kind for event in found.events]
    assert (found.events[1].why,) == found.withheld


@pytest.mark.parametrize(
    "address",
    [
        "help@desk.example",
        "HELP@desk.example",
        "Jan <jan@klant.example>",
        "",
        "two words@x.example",
    ],
)
@pytest.mark.parametrize("template", ["customer/answer", "agent/new", "customer/acknowledge"])
def test_nothing_goes_to_us_or_to_what_is_no_address(address: str, template: str) -> None:
    """Not even an agent's answer; an address in another spelling than its one is none."""
    automatic = template != "customer/answer"
    found = restrained(decision(reply(template, to=address, automatic=automatic)))
    assert ((), 1) == (found.replies, len(found.withheld))


def test_agents_answers_and_news_are_not_limited() -> None:
    """An answer goes out whatever was sent before, even to a muted address; agents are told."""
    full = Sendings(JAN, 99, 99, 999, 999, 9999, 99_999, muted="550", confirms=9)
    for template, automatic in (("customer/answer", False), ("agent/new", True)):
        assert restrained(decision(reply(template, automatic=automatic)), full).replies


def test_confirmations_have_a_bound_of_their_own() -> None:
    """Four in a day for each agent, and nothing else counts towards it."""
    full = Sendings(JAN, hour=99, day=99, confirms=3)
    assert not why_withheld(full, template="agent/confirm")
    assert why_withheld(replace(full, confirms=4), template="agent/confirm")


def test_a_muted_address_is_heard_again_when_a_person_writes() -> None:
    """Their mail ends it, and is acknowledged; nobody else's does."""
    muted = Sendings(JAN, muted="550 no such user")
    found = restrained(decision(reply()), muted)
    assert (1, (Unmuted(JAN),)) == (len(found.replies), found.consequences)
    found = restrained(decision(reply()), muted, replace(VOUCHED, writer="ada@desk.example"))
    assert ((), ()) == (found.replies, found.consequences)


def test_replies_say_what_they_are_counted_by() -> None:
    """Topic, and who stands behind the recipient, whatever the policy said before."""
    failed = replace(STRANGER, failed=True)
    wanted = decision(reply(vouched=True), reply(to="ann@other.example"))
    first, second = restrained(wanted, None, failed).replies
    assert (False, True, False, False) == (
        first.vouched, first.failed, second.vouched, second.failed
    )  # fmt: skip
    assert first.topic == second.topic != ""
    agents = replace(VOUCHED, all_vouched=True)
    assert all(r.vouched for r in restrained(wanted, None, agents).replies)


def test_what_an_agent_prompted_is_bound_by_its_case_alone() -> None:
    """The notice of each case that they close gets there, be it the tenth of one subject."""
    ticket = blank(7, "NO-00017", "north", NOW)
    noted = Event(EventKind.ENTRY_ADDED, NOW, JAN, "")
    notice = reply("customer/closed", unasked=True)
    wanted = Decision(Outcome.FILED, Reason.COMMANDED, ticket, (noted,), replies=(notice,))
    agents = Standing(all_vouched=True, writer="ada@desk.example", person=True)
    topic = restrained(wanted).replies[0].topic
    many = Sendings(JAN, hour=9, three_hours=19, day=29, by_topic=(("customer/closed", topic, 9),))
    assert 1 == len(restrained(wanted, many, agents).replies)
    assert 0 == len(restrained(wanted, many, VOUCHED).replies)
    asked_for = replace(wanted, replies=(replace(notice, unasked=False),))
    assert 0 == len(restrained(asked_for, many, agents).replies)
    for more in ({"on_ticket": ((7, 5, 5),)}, {"on_ticket": ((7, 0, 10),)}, {"muted": "550"}):
        assert 0 == len(restrained(wanted, replace(many, **more), agents).replies)


def test_a_timer_vouches_for_whom_an_agent_answered() -> None:
    """And for whom the directory has."""
    ticket = blank(7, "NO-00017", "north", NOW)
    assert not of_timer(ticket, None).all_vouched
    assert of_timer(replace(ticket, answered_by="ada@desk.example"), None).all_vouched
    person = Person(JAN, aliases=("j@klant.example",))
    assert {JAN, "j@klant.example"} == of_timer(ticket, person).vouched


def test_whom_nobody_asked_about_is_asked_about() -> None:
    """Recipients of counted mails only: answers and news have no limits."""
    other = Touched(blank(7, "N", "north", NOW), replies=(reply(to="ann@other.example"),))
    wanted = replace(decision(reply(), reply("agent/new", to="ada@desk.example")), others=(other,))
    assert ("ann@other.example",) == unasked(wanted, [JAN])


def test_a_full_breaker_has_a_name() -> None:
    """Of the domain, of all strangers, of everybody: exactly when the last mail went."""
    limits = Sending(domain_hour=2, house_hour=3)
    tally = Tally(limits, [Sendings(JAN, domain=1, unvouched=2, house=29)])
    assert [] == list(tally.full())
    tally.add(reply(vouched=False), JAN, 0)
    assert ["*", "@", "@klant.example"] == [name for name, _, _ in tally.full()]


def test_limits_are_those_of_the_house() -> None:
    """What is configured holds."""
    house = Restraint(Sending(failed_day=0), [], lambda _: False)
    found = house.restrain(decision(reply()), replace(STRANGER, failed=True), NOW)
    assert () == found.replies


def test_what_is_added_counts_for_the_next() -> None:
    """Mails that are decided on together know of each other."""
    house = Restraint(LIMITS, [], lambda _: False)
    sent = 0
    for hour in range(8):
        found = house.restrain(decision(reply()), VOUCHED, NOW + timedelta(minutes=hour))
        house.add([_Queued(r) for r in found.replies])
        sent += len(found.replies)
    assert LIMITS.same_subject == sent


class _Queued:
    """A reply as it is queued."""

    def __init__(self, one: Reply) -> None:
        self.template, self.automatic, self.topic = one.template, one.automatic, one.topic
        self.vouched, self.failed, self.prompted = one.vouched, one.failed, one.prompted
        self.recipient, self.ticket = one.to.address, 0
