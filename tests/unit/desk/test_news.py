"""Whom of the desk something is told, and what."""

from dataclasses import replace

import pytest

from gateway.config.desk import Agent, Flood
from gateway.desk import news
from gateway.desk.alike import Alike, Likenesses
from gateway.desk.choice import Choice
from gateway.desk.known import Known, ReplyRole
from gateway.desk.lately import Arrivals
from gateway.desk.person import Fact, Person
from gateway.desk.whom import whom
from lib.desks import ADA, CASE, DESK, JAN, MAIL, SENDER, TICKET

BEN = "ben@north.example"
CAS = "cas@north.example"
DEE = "dee@north.example"
MANY = replace(
    DESK,
    agent=(
        *DESK.agent,
        Agent(BEN, "Ben", language="nl"),
        Agent(CAS, "Cas", active=False),
        Agent(DEE, "Dee", role="manager"),
    ),
)
IN_MANY = replace(CASE, desk=MANY)


@pytest.mark.parametrize(
    ("assignee", "away", "told"),
    [
        ("", (), [ADA, BEN]),
        ("", (BEN,), [ADA]),
        ("", (ADA, BEN), [ADA, BEN]),
        (BEN, (), [BEN]),
        (BEN, (BEN,), [ADA]),
        (DEE, (), [DEE]),
        (CAS, (), [ADA, BEN]),
        ("gone@north.example", (), [ADA, BEN]),
    ],
)
def test_the_assignee_is_told_or_else_the_group(
    assignee: str, away: tuple[str, ...], told: list[str]
) -> None:
    """No manager, and nobody inactive or away, unless nobody else is left."""
    assert told == [agent.address for agent in whom(MANY, assignee, away)]


def test_each_agent_gets_a_mail_with_an_address_of_their_own() -> None:
    """In their language, and the desk's first for others; a new case with all there is to say."""
    ada, ben = news.of_new_case(IN_MANY)

    assert (ADA, "en", ReplyRole.AGENT, "agent/new", True, True) == (
        ada.to.address,
        ada.language,
        ada.reply_role,
        ada.template,
        ada.automatic,
        ada.unasked,
    )
    assert (BEN, "nl") == (ben.to.address, ben.language)
    assert (MAIL.text, "Jan") == (ada.content.text, ada.content.author)


def test_what_is_known_of_the_customer_is_told() -> None:
    """By the directory's columns, whether the mail is authentic, and which case it claims."""
    person = Person(JAN, "Jan", "Plant", facts=(Fact("plan", "gold"),))
    sender = replace(SENDER, person=person, organisation="Plant")
    case = replace(IN_MANY, sender=sender, choice=Choice(None, None, (TICKET,)))

    told = {fact.name: fact.value for fact in news.of_new_case(case)[0].content.facts}

    assert {
        "address": JAN,
        "name": "Jan",
        "organisation": "Plant",
        "plan": "gold",
        "authentic": "yes",
        "claims": TICKET.number,
    } == told


def test_likely_duplicates_and_others_who_were_written_to_are_proposed() -> None:
    """Those who take part already are not."""
    alike = Likenesses(duplicates=(Alike(TICKET, "subject"),))
    case = replace(IN_MANY, known=Known(alike=alike), copied=("kim@klant.example", JAN))

    content = news.of_new_case(case)[0].content
    answer = news.of_answer(case, TICKET)[0].content

    assert [("NO-00013", "It stays white", "subject")] == [
        (one.number, one.subject, one.why) for one in content.proposals
    ]
    assert ("kim@klant.example", JAN) == content.addresses
    assert ("kim@klant.example",) == answer.addresses


def test_mail_from_before_our_time_is_told_to_nobody() -> None:
    """A mailbox may hold years of it."""
    case = replace(IN_MANY, quiet=True)

    assert () == news.of_new_case(case)
    assert () == news.of_answer(case, TICKET)


@pytest.mark.parametrize(
    ("arrivals", "authentic", "templates"),
    [
        (Arrivals(of_strangers=2), False, ["agent/new"]),
        (Arrivals(of_strangers=3), False, ["agent/flood"]),
        (Arrivals(of_strangers=4, told=True), False, []),
        (Arrivals(of_strangers=4, told=True), True, ["agent/new"]),
    ],
)
def test_a_flood_of_strangers_is_told_once(
    arrivals: Arrivals,
    authentic: bool,  # noqa: FBT001
    templates: list[str],
) -> None:
    """Whoever somebody vouches for is told of as ever."""
    desk = replace(DESK, strangers=Flood(3))
    sender = replace(SENDER, authentic=authentic)
    case = replace(CASE, desk=desk, sender=sender, known=Known(arrivals=arrivals))

    assert templates == [reply.template for reply in news.of_new_case(case)]


def test_the_agent_of_a_case_is_told_when_its_hold_ends() -> None:
    """If they are there."""
    ticket = replace(TICKET, assignee=BEN)

    assert [("agent/hold-ended", BEN)] == [
        (reply.template, reply.to.address) for reply in news.of_hold_ended(MANY, ticket, ())
    ]
    assert [ADA] == [r.to.address for r in news.of_hold_ended(MANY, ticket, {BEN})]
