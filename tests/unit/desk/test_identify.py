"""Who wrote: people by their addresses and aliases, and agents only when it is proven."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from gateway.config.desk import Agent, Desk
from gateway.desk.identify import identify, own_addresses
from gateway.desk.known import Addressed, HeldMail, Known, ReplyRole, Role, Sender, SentMail
from gateway.desk.person import Person
from gateway.desk.route import Routes
from gateway.mail.model import Authenticity, Header, Mail, Mailbox, Verdict
from lib.desks import ADA, DESK, EVE, JAN, MAIL, NOW, TICKET, without_author

PASS = Authenticity(Verdict.PASS, "the domain vouches")
UNKNOWN = Authenticity(Verdict.UNKNOWN, "nobody checked")
BEN = "ben@north.example"
CREW = replace(DESK, agent=(Agent(ADA, "Ada"), Agent(BEN, "Ben"), Agent(EVE, "Eve", active=False)))
ROUTES = Routes([DESK])
WORK = "jan.work@klant.example"
PERSON = Person(JAN, "Jan K.", organisation="Klant", aliases=(WORK,))


def by(address: str) -> Mail:
    """Give a mail of somebody."""
    return replace(MAIL, author=Mailbox("", address))


def token(person: str = ADA, role: ReplyRole = ReplyRole.AGENT, ticket: int = 1) -> Addressed:
    """Give a genuine reply address."""
    return Addressed(role, SentMail(7, ticket, 0, person, NOW - timedelta(hours=1)))


def who(
    mail: Mail,
    verdict: Authenticity = PASS,
    known: Known | None = None,
    *addressed: Addressed,
    desk: Desk = CREW,
) -> Sender:
    """Identify a sender on a ticket of the desk."""
    known = known or Known(tickets=(TICKET,))
    return identify(mail, verdict, known, desk, ROUTES.is_ours, addressed)


@pytest.mark.parametrize(
    ("clean", "authentic", "signed", "active", "access"), list(product([True, False], repeat=5))
)
def test_an_agent_who_may_act_is_proven(
    *,
    clean: bool,
    authentic: bool,
    signed: bool,
    active: bool,
    access: bool,
) -> None:
    """By From, activity and access, and by one of authenticity and a token: never by less."""
    mail = by(ADA) if clean else without_author(claimed=Mailbox("Ada", ADA))
    agents = (Agent(ADA, "Ada", active=active),) if access else (Agent(BEN, "Ben"),)
    addressed = (token(),) if signed else ()
    desk = replace(DESK, agent=agents)

    sender = who(mail, PASS if authentic else UNKNOWN, None, *addressed, desk=desk)

    assert sender.proven is (clean and active and access and (authentic or signed))
    assert not sender.proven or Role.AGENT is sender.role


@pytest.mark.parametrize(
    "addressed",
    [
        token(BEN),
        token(JAN),
        token(role=ReplyRole.CUSTOMER),
        token(role=ReplyRole.BOUNCE),
        token(ticket=3),
        token(ticket=99),
        token(ticket=0),
        Addressed(ReplyRole.AGENT, SentMail(7, 0, 5, ADA, NOW)),
        Addressed(ReplyRole.AGENT, SentMail(7, 1, 6, ADA, NOW)),
    ],
)
def test_only_a_token_for_that_agent_on_that_desk_proves(addressed: Addressed) -> None:
    """Not another's, not a customer's, not one of another desk, not one about nothing known."""
    known = Known(
        tickets=(TICKET, replace(TICKET, id=3, desk="south")),
        held=(HeldMail(5, "south", "held", "spam", ""),),
    )

    sender = who(by(ADA), UNKNOWN, known, addressed)

    assert (Role.AGENT, False) == (sender.role, sender.proven)
    assert "nobody vouches" in sender.why


def test_a_token_about_a_held_mail_of_the_desk_proves() -> None:
    """So agents confirm their own mails."""
    known = Known(held=(HeldMail(5, "north", "held", "agent-not-proven", ADA),))
    addressed = Addressed(ReplyRole.AGENT, SentMail(7, 0, 5, ADA, NOW))

    assert who(by(ADA), UNKNOWN, known, addressed).proven


@pytest.mark.parametrize("verdict", [PASS, UNKNOWN])
def test_whoever_was_an_agent_is_no_customer(verdict: Authenticity) -> None:
    """Their old tokens let them do nothing, whether they are inactive or gone."""
    inactive = who(by(EVE), verdict, None, token(EVE))
    gone = who(by(ADA), verdict, None, token(), desk=replace(DESK, agent=()))

    assert [(Role.AGENT, False)] * 2 == [(one.role, one.proven) for one in (inactive, gone)]


def test_reply_to_and_display_name_are_nobody() -> None:
    """Whatever they say."""
    mail = replace(
        MAIL,
        author=Mailbox(f"Ada <{ADA}>", JAN),
        headers=(*MAIL.headers, Header("reply-to", ADA), Header("sender", ADA)),
    )

    sender = who(mail)

    assert (Role.CUSTOMER, JAN, False) == (sender.role, sender.address, sender.proven)


def test_an_alias_is_its_person() -> None:
    """Under their main address; all of their addresses are theirs."""
    sender = who(by(WORK), UNKNOWN, Known(person=PERSON))

    assert (Role.CUSTOMER, JAN, "Jan K.") == (sender.role, sender.address, sender.name)
    assert {JAN, WORK} == own_addresses(sender)
    assert f"as one of {JAN}" in sender.why


@pytest.mark.parametrize("main", [ADA, "help@north.example"])
def test_nobody_becomes_an_agent_or_us_by_an_alias(main: str) -> None:
    """The directory is data; agents stand in the desk's file."""
    person = Person(main, aliases=(WORK,))

    sender = who(by(WORK), PASS, Known(person=person))

    assert (Role.CUSTOMER, WORK, False) == (sender.role, sender.address, sender.proven)


@pytest.mark.parametrize(
    ("person", "verdict", "organisation"),
    [
        (PERSON, PASS, "Klant"),
        (PERSON, UNKNOWN, "Klant"),
        (Person(JAN), PASS, "Domain"),
        (Person(JAN), UNKNOWN, ""),
        (None, PASS, "Domain"),
        (None, UNKNOWN, ""),
    ],
)
def test_an_organisation_is_the_persons_or_that_of_an_authentic_domain(
    person: Person | None, verdict: Authenticity, organisation: str
) -> None:
    """Anybody can write a domain into From."""
    known = Known(person=person, organisation="Domain")

    assert organisation == who(by(JAN), verdict, known).organisation


def test_nobody_has_no_addresses() -> None:
    """Two unidentified senders are not the same."""
    assert frozenset() == own_addresses(who(without_author()))
