"""Whatever the clues: nobody reaches a ticket without a secret of ours or belonging to it."""

from dataclasses import replace
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from gateway.config.case_number import CaseNumberPattern
from gateway.config.desk import NumberTrust
from gateway.desk.addressed import addressed
from gateway.desk.choice import Trust
from gateway.desk.choose import choose
from gateway.desk.known import Addressed, Known, KnownId, ReplyRole, Role, Sender, SentMail
from gateway.desk.person import Person
from gateway.desk.ticket import Ticket
from gateway.mail.message_id import MessageIds
from gateway.mail.model import Clues, Issued, Kind, ReplyClue
from gateway.mail.reply_address import ReplyAddresses
from gateway.mail.thread import case_numbers
from lib.desks import ADA, DESK, EVE, JAN, NOW, TICKET

PATTERN = CaseNumberPattern.parse(DESK.case_number)
PIET = "piet@klant.example"
PEOPLE = ("", JAN, PIET, EVE, ADA, "kim@klant.example")
FIRMS = ("", "Klant", "Other")
IDS = tuple(f"<{name}@mail>" for name in ("one", "two", "three"))

people = st.sampled_from(PEOPLE)
firms = st.sampled_from(FIRMS)
booleans = st.booleans()


@st.composite
def tickets(draw: st.DrawFn) -> tuple[Ticket, ...]:
    """Give a few tickets of two desks, some of them merged into others."""
    return tuple(
        replace(
            TICKET,
            id=number,
            number=PATTERN.format(number),
            desk=draw(st.sampled_from(["north", "north", "south"])),
            requester=draw(people),
            participants=tuple(draw(st.lists(people.filter(bool), max_size=2))),
            organisation=draw(firms),
            merged_into=draw(st.sampled_from([0, 0, 1, 2, 3])),
        )
        for number in (1, 2, 3)
    )


senders = st.builds(
    lambda role, address, authentic, proven, firm, person: Sender(
        role=role,
        address=address,
        name="",
        authentic=authentic and bool(address),
        why="",
        person=Person(address, aliases=(person,)) if person and address else None,
        proven=proven and role is Role.AGENT and bool(address),
        organisation=firm,
    ),
    st.sampled_from(Role),
    people,
    booleans,
    booleans,
    firms,
    people,
)
known_ids = st.builds(KnownId, st.sampled_from(IDS), st.sampled_from([1, 2, 3]), people)
sent = st.builds(
    lambda ticket, person: SentMail(ticket, ticket, 0, person, NOW),
    st.sampled_from([0, 1, 2, 3, 9]),
    people.filter(bool),
)
tokens = st.builds(Addressed, st.sampled_from(ReplyRole), sent)
clues = st.builds(
    lambda issued, references, numbers: Clues(
        tuple(Issued(7, one) for one in issued),
        tuple(references),
        tuple(PATTERN.format(number) for number in numbers),
    ),
    st.lists(st.sampled_from(IDS), max_size=2),
    st.lists(st.sampled_from(IDS), max_size=2),
    st.lists(st.integers(1, 4), max_size=3),
)


@given(
    clues,
    tickets(),
    st.lists(known_ids, max_size=4),
    st.lists(known_ids, max_size=2),
    senders,
    st.sampled_from(NumberTrust),
    st.sampled_from(Kind),
    st.lists(tokens, max_size=2),
)
def test_nobody_reaches_a_ticket_without_right(  # noqa: PLR0917
    found: Clues,
    on: tuple[Ticket, ...],
    ids: list[KnownId],
    unseen: list[KnownId],
    sender: Sender,
    by_number: NumberTrust,
    kind: Kind,
    addresses: list[Addressed],
) -> None:
    """A participant, a colleague, a proven agent, or somebody with a secret of ours."""
    known = Known(on, tuple(ids), tuple(replace(one, given_to="") for one in unseen))

    choice = choose(found, known, sender, replace(DESK, by_number=by_number), kind, addresses)

    assert all(ticket.desk == "north" for ticket in (choice.ticket, *choice.claims) if ticket)
    if choice.ticket is None:
        return
    named = choice.named or choice.ticket
    mine = {sender.address, *(sender.person.aliases if sender.person else ())} - {""}
    assert choice.ticket == known.standing(named) or known.standing(named).desk != "north"
    about = [one for one in addresses if one.sent.ticket == named.id]
    if choice.trust is Trust.ANOTHERS_ADDRESS:
        assert any(one.role is not ReplyRole.BOUNCE for one in about)
        assert sender.role is not Role.AGENT
    elif choice.trust is Trust.RETURN_ADDRESS:
        assert any(one.role is ReplyRole.BOUNCE for one in about)
        assert kind is not Kind.PERSON
    elif choice.trust is Trust.ANSWERED_ID:
        assert kind is Kind.BOUNCE
    else:
        holds_address = any(
            one.person in mine and one.role is not ReplyRole.BOUNCE for one in about
        )
        holds_id = any(one.given_to in mine and one.ticket == named.id for one in ids)
        takes_part = any(t.has_on_it(one) for one in mine for t in (named, choice.ticket))
        colleague = sender.organisation and sender.organisation == choice.ticket.organisation
        vouched = sender.authentic or by_number is NumberTrust.PARTICIPANT
        assert (
            sender.proven
            if sender.role is Role.AGENT
            else holds_address
            or holds_id
            or (takes_part and vouched)
            or (colleague and sender.authentic)
        )


ADDRESSES = ReplyAddresses({"1": b"k" * 32}, "1")
MESSAGE_IDS = MessageIds(b"k" * 32)
MANY = 10_000


def stranger() -> Sender:
    """Give somebody whose own domain vouches for them."""
    return Sender(Role.STRANGER, EVE, "Eve", authentic=True, why="")


def test_guesses_and_forgeries_reach_nothing() -> None:
    """Ten thousand each: case numbers, references, ids and reply addresses that look like ours."""
    ticket = replace(TICKET, number=PATTERN.format(13), organisation="Klant")
    sent_mail = SentMail(7, 1, 0, JAN, NOW)
    issued = KnownId(MESSAGE_IDS.issue(7, "north.example"), 1, JAN)
    known = Known((ticket,), (issued, KnownId("<1@klant.example>", 1)), replied=(sent_mail,))
    own = ADDRESSES.issue("help@north.example", "c", 7, "ticket:2", EVE)
    reached = 0
    named = 0
    for number in range(MANY):
        numbers = case_numbers(f"Re: [NO-{number:05}]", [PATTERN])
        references = (f"<{number}@klant.example>", issued.message_id)
        mac = f"{number:05}".translate(str.maketrans("0189", "abcd"))
        forged = [own.replace("+c1", f"+{role}1") for role in "acb"]
        forged.append(f"help+c1-7-{mac:a<26}@north.example")
        found = Clues(
            tuple(
                Issued(7, issued.message_id)
                for _ in range(MESSAGE_IDS.is_ours(f"<cp.7.{mac:a<16}@north.example>"))
            ),
            references,
            numbers,
            ADDRESSES.find(forged),
        )
        genuine = addressed(found, known, ADDRESSES.confirm)
        choice = choose(found, known, stranger(), DESK, Kind.PERSON, genuine)
        reached += choice.ticket is not None
        named += bool(numbers)

    assert 0 == reached
    assert MANY // 20 < named < MANY // 5


def test_an_address_counts_only_where_its_mail_says_so() -> None:
    """It is looked up; without the mail, or with another's, it is nothing."""
    signed = ADDRESSES.issue("help@north.example", "c", 7, "ticket:1", JAN)
    found = Clues((), (), (), ADDRESSES.find([signed]))
    genuine = SentMail(7, 1, 0, JAN, NOW)
    wrong = (
        replace(genuine, ticket=2),
        replace(genuine, spool=1),
        replace(genuine, recipient=EVE),
        replace(genuine, outbox=8),
    )

    assert (Addressed(ReplyRole.CUSTOMER, genuine),) == addressed(
        found, Known(replied=(genuine,)), ADDRESSES.confirm
    )
    for sent_mail in wrong:
        assert () == addressed(found, Known(replied=(sent_mail,)), ADDRESSES.confirm)


def test_a_role_that_is_none_is_not_asked_about() -> None:
    """Even if we had signed it."""
    asked = count()
    clue = ReplyClue("z", "1", 7, "a" * 26, "help@north.example")

    def confirm(*_: object) -> bool:
        next(asked)
        return True

    known = Known(replied=(SentMail(7, 1, 0, JAN, NOW),))
    assert () == addressed(Clues((), (), (), (clue,)), known, confirm)
    assert 0 == next(asked)
