"""Which ticket a mail belongs to: a table of clues, senders and desks."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.config.desk import Desk, NumberTrust, Phase
from gateway.desk.choice import Choice, Trust
from gateway.desk.choose import choose
from gateway.desk.known import Addressed, Known, KnownId, ReplyRole, Role, Sender, SentMail
from gateway.desk.person import Person
from gateway.desk.reopening import unless_long_closed
from gateway.desk.ticket import Ticket
from gateway.mail.model import Clues, Issued, Kind
from lib.desks import ADA, DESK, EVE, JAN, NOW, SENDER, TICKET

OTHER = replace(TICKET, id=2, number="NO-00026", requester=EVE, participants=())
ELSEWHERE = replace(TICKET, id=3, number="NO-00039", desk="south")

ISSUED_TO_JAN = KnownId("<cp.1@north>", 1, JAN)
ISSUED_TO_EVE = KnownId("<cp.2@north>", 2, EVE)
SEEN = KnownId("<seen@klant>", 1)
SEEN_ON_OTHER = KnownId("<other@klant>", 2)
SEEN_ELSEWHERE = KnownId("<south@klant>", 3)
ISSUED_ELSEWHERE = KnownId("<cp.3@south>", 3, JAN)

KNOWN = Known(
    tickets=(TICKET, OTHER, ELSEWHERE),
    ids=(ISSUED_TO_JAN, ISSUED_TO_EVE, SEEN, SEEN_ON_OTHER, SEEN_ELSEWHERE, ISSUED_ELSEWHERE),
)

JAN_UNPROVEN = replace(SENDER, authentic=False)
PIET = replace(SENDER, address="piet@klant.example")
EVE_PROVEN = Sender(Role.STRANGER, EVE, "Eve", authentic=True, why="")
NOBODY = Sender(Role.STRANGER, "", "", authentic=False, why="")


def clues(*ids: KnownId, issued: tuple[str, ...] = (), numbers: tuple[str, ...] = ()) -> Clues:
    """Give clues: references, ids of ours, numbers."""
    return Clues(
        tuple(Issued(7, i) for i in issued), tuple(known.message_id for known in ids), numbers
    )


@pytest.mark.parametrize(
    ("found", "sender", "ticket", "trust", "claims"),
    [
        pytest.param(clues(), SENDER, None, None, (), id="nothing named"),
        pytest.param(
            clues(issued=("<cp.1@north>",)), JAN_UNPROVEN, TICKET, Trust.ISSUED_ID, (), id="ours"
        ),
        pytest.param(
            clues(issued=("<cp.1@north>",)), EVE_PROVEN, None, None, (TICKET,), id="anothers"
        ),
        pytest.param(clues(issued=("<cp.1@north>",)), NOBODY, None, None, (TICKET,), id="nobody"),
        pytest.param(clues(issued=("<cp.9@north>",)), SENDER, None, None, (), id="ours, unknown"),
        pytest.param(
            clues(issued=("<cp.3@south>",)), SENDER, None, None, (), id="ours, another desk's"
        ),
        pytest.param(clues(SEEN), SENDER, TICKET, Trust.KNOWN_ID, (), id="seen"),
        pytest.param(clues(SEEN), PIET, TICKET, Trust.KNOWN_ID, (), id="seen, by a participant"),
        pytest.param(clues(SEEN), JAN_UNPROVEN, None, None, (TICKET,), id="seen, not proven"),
        pytest.param(clues(SEEN), EVE_PROVEN, None, None, (TICKET,), id="seen, by a stranger"),
        pytest.param(clues(SEEN_ELSEWHERE), SENDER, None, None, (), id="seen on another desk"),
        pytest.param(
            clues(numbers=("NO-00013",)), SENDER, TICKET, Trust.CASE_NUMBER, (), id="number"
        ),
        pytest.param(
            clues(numbers=("NO-00013",)), JAN_UNPROVEN, None, None, (TICKET,), id="number, unproven"
        ),
        pytest.param(
            clues(numbers=("NO-00026", "NO-00039", "NO-99999")),
            SENDER,
            None,
            None,
            (OTHER,),
            id="numbers of others, of another desk, of nobody",
        ),
        pytest.param(
            clues(SEEN_ON_OTHER, numbers=("NO-00013",)),
            SENDER,
            TICKET,
            Trust.CASE_NUMBER,
            (),
            id="a clue that holds after one that does not",
        ),
        pytest.param(
            clues(SEEN_ON_OTHER, issued=("<cp.1@north>",)),
            SENDER,
            TICKET,
            Trust.ISSUED_ID,
            (),
            id="the most trusted first",
        ),
        pytest.param(
            clues(SEEN, SEEN_ON_OTHER, issued=("<cp.2@north>",)),
            JAN_UNPROVEN,
            None,
            None,
            (OTHER, TICKET),
            id="each claimed ticket once",
        ),
    ],
)
def test_a_clue_counts_only_for_whom_it_may(
    found: Clues, sender: Sender, ticket: Ticket | None, trust: Trust | None, claims: tuple[Ticket]
) -> None:
    """Otherwise it is a claim."""
    choice = choose(found, KNOWN, sender, DESK, Kind.PERSON)

    assert (ticket, trust, claims) == (choice.ticket, choice.trust, choice.claims)


@pytest.mark.parametrize(
    ("by_number", "sender", "ticket"),
    [
        (NumberTrust.PARTICIPANT, JAN_UNPROVEN, TICKET),
        (NumberTrust.PARTICIPANT, EVE_PROVEN, None),
        (NumberTrust.NEVER, SENDER, None),
    ],
)
def test_a_desk_says_whose_numbers_count(
    by_number: NumberTrust, sender: Sender, ticket: Ticket | None
) -> None:
    """A participant's, only an authentic one's, or nobody's."""
    desk = replace(DESK, by_number=by_number)

    choice = choose(clues(numbers=("NO-00013",)), KNOWN, sender, desk, Kind.PERSON)

    assert ticket == choice.ticket


def test_no_later_ticket_hides_the_right_one() -> None:
    """Eve gave a mail of hers the id of Jan's, and had one of ours forwarded as if it were new."""
    later = (KnownId("<seen@klant>", 2), KnownId("<cp.1@north>", 2))
    known = replace(KNOWN, ids=(*later, *KNOWN.ids))

    seen = choose(clues(SEEN), known, SENDER, DESK, Kind.PERSON)
    ours = choose(clues(issued=("<cp.1@north>",)), known, SENDER, DESK, Kind.PERSON)
    bounced = choose(clues(issued=("<cp.1@north>",)), known, NOBODY, DESK, Kind.BOUNCE)

    assert [TICKET, TICKET, TICKET] == [seen.ticket, ours.ticket, bounced.ticket]


def test_an_id_on_many_tickets_claims_the_newest() -> None:
    """All others would be linked to the ticket that its mail opens."""
    known = replace(KNOWN, ids=(KnownId("<seen@klant>", 2), *KNOWN.ids))

    choice = choose(clues(SEEN), known, NOBODY, DESK, Kind.PERSON)

    assert (None, (OTHER,)) == (choice.ticket, choice.claims)


def test_every_clue_is_explained() -> None:
    """The ones that did not hold, and the one that did."""
    choice = choose(clues(SEEN_ON_OTHER, SEEN), KNOWN, SENDER, DESK, Kind.PERSON)

    assert 2 == len(choice.why)
    assert "NO-00026: the sender does not take part in it" in choice.why[0]
    assert "NO-00013: the sender takes part in it" in choice.why[1]


@pytest.mark.parametrize("sender", [EVE_PROVEN, NOBODY, JAN_UNPROVEN])
def test_a_bounce_of_our_mail_belongs_to_its_ticket(sender: Sender) -> None:
    """A server far away is no participant; it has the id from the mail itself."""
    choice = choose(clues(issued=("<cp.2@north>",)), KNOWN, sender, DESK, Kind.BOUNCE)

    assert (OTHER, ISSUED_TO_EVE) == (choice.ticket, choice.answered)


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.BOUNCE}))
def test_whoever_else_has_the_id_of_a_mail_to_another_claims(kind: Kind) -> None:
    """Those who get a copy of an answer have it, whatever they or their machines send."""
    choice = choose(clues(issued=("<cp.1@north>",)), KNOWN, EVE_PROVEN, DESK, kind)

    assert (None, (TICKET,)) == (choice.ticket, choice.claims)


@pytest.mark.parametrize(
    "found",
    [
        clues(SEEN),
        clues(numbers=("NO-00013",)),
        clues(SEEN, numbers=("NO-00013",), issued=("<cp.9@north>", "<cp.3@south>")),
    ],
)
def test_a_bounce_reaches_no_ticket_without_a_mail_of_ours(found: Clues) -> None:
    """Not even one that seems to come from a participant; and it claims nothing."""
    choice = choose(found, KNOWN, SENDER, DESK, Kind.BOUNCE)

    assert (None, ()) == (choice.ticket, choice.claims)


# Reply addresses, by the role and the person that they were signed for.


def signed(person: str, role: ReplyRole = ReplyRole.CUSTOMER, ticket: int = 1) -> Addressed:
    """Give a genuine reply address."""
    return Addressed(role, SentMail(7, ticket, 0, person, NOW))


PIET_UNPROVEN = replace(PIET, authentic=False)
EVE_UNPROVEN = replace(EVE_PROVEN, authentic=False)
AGENT = Sender(Role.AGENT, ADA, "Ada", authentic=True, why="", proven=True)
AGENT_UNPROVEN = replace(AGENT, authentic=False, proven=False)
FOR_JAN = signed(JAN)
FOR_ADA = signed(ADA, ReplyRole.AGENT)


@pytest.mark.parametrize(
    ("address", "found", "sender", "ticket", "trust"),
    [
        (FOR_JAN, clues(), SENDER, TICKET, Trust.REPLY_ADDRESS),
        (FOR_JAN, clues(), JAN_UNPROVEN, TICKET, Trust.REPLY_ADDRESS),
        (FOR_JAN, clues(numbers=("NO-00026",)), SENDER, TICKET, Trust.REPLY_ADDRESS),
        (FOR_JAN, clues(), PIET, TICKET, Trust.SHARED_ADDRESS),
        (FOR_JAN, clues(), PIET_UNPROVEN, TICKET, Trust.ANOTHERS_ADDRESS),
        (FOR_JAN, clues(), EVE_PROVEN, TICKET, Trust.ANOTHERS_ADDRESS),
        (FOR_JAN, clues(), NOBODY, TICKET, Trust.ANOTHERS_ADDRESS),
        (FOR_JAN, clues(SEEN_ON_OTHER), EVE_PROVEN, TICKET, Trust.ANOTHERS_ADDRESS),
        (FOR_JAN, clues(), AGENT, TICKET, Trust.SHARED_ADDRESS),
        (FOR_JAN, clues(), AGENT_UNPROVEN, None, None),
        (FOR_ADA, clues(), AGENT, TICKET, Trust.REPLY_ADDRESS),
        (FOR_ADA, clues(), AGENT_UNPROVEN, None, None),
        (FOR_ADA, clues(), EVE_PROVEN, TICKET, Trust.ANOTHERS_ADDRESS),
        (signed(EVE, ReplyRole.AGENT), clues(), EVE_PROVEN, None, None),
        (signed(JAN, ticket=3), clues(), SENDER, None, None),
        (signed(JAN, ticket=9), clues(), SENDER, None, None),
        (signed(JAN, ReplyRole.BOUNCE), clues(), SENDER, None, None),
    ],
)
def test_a_reply_address_is_for_one_person(
    address: Addressed, found: Clues, sender: Sender, ticket: Ticket | None, trust: Trust | None
) -> None:
    """Somebody else reaches the ticket too, but is told apart; an agent has to be proven."""
    choice = choose(found, KNOWN, sender, DESK, Kind.PERSON, [address])

    assert (ticket, trust) == (choice.ticket, choice.trust)


def test_an_address_for_this_sender_goes_before_all_others() -> None:
    """Whoever answers to all uses several."""
    other = signed(EVE, ticket=2)

    own = choose(clues(), KNOWN, JAN_UNPROVEN, DESK, Kind.PERSON, [other, FOR_JAN])
    shared = choose(clues(), KNOWN, PIET, DESK, Kind.PERSON, [other, FOR_JAN])

    assert (TICKET, Trust.REPLY_ADDRESS) == (own.ticket, own.trust)
    assert (TICKET, Trust.SHARED_ADDRESS) == (shared.ticket, shared.trust)


def test_whoever_was_given_a_mail_on_the_ticket_remains_who_they_are() -> None:
    """A participant whom nobody vouches for answers to all, the requester's address included."""
    given = KnownId("<cp.4@north>", 1, PIET.address)
    known = replace(KNOWN, ids=(*KNOWN.ids, given))
    found = clues(issued=("<cp.4@north>",))

    mine = choose(found, known, PIET_UNPROVEN, DESK, Kind.PERSON, [FOR_JAN])
    another = choose(found, known, PIET_UNPROVEN, DESK, Kind.PERSON, [signed(EVE, ticket=2)])

    assert Trust.SHARED_ADDRESS is mine.trust
    assert (OTHER, Trust.ANOTHERS_ADDRESS) == (another.ticket, another.trust)


def test_an_alias_has_what_its_person_was_given() -> None:
    """And the other way round."""
    jan = replace(SENDER, person=Person(JAN, aliases=("j@home.example",)), authentic=False)

    choice = choose(clues(), KNOWN, jan, DESK, Kind.PERSON, [signed("j@home.example")])

    assert Trust.REPLY_ADDRESS is choice.trust


@pytest.mark.parametrize(
    ("kind", "ticket"),
    [(Kind.OUT_OF_OFFICE, TICKET), (Kind.AUTOMATIC, TICKET), (Kind.PERSON, None)],
)
def test_the_reverse_path_is_for_machines(kind: Kind, ticket: Ticket | None) -> None:
    """An absence notice comes there (RFC 3834 section 4); a person's mail only claims."""
    choice = choose(clues(), KNOWN, EVE_UNPROVEN, DESK, kind, [signed(JAN, ReplyRole.BOUNCE)])

    assert ticket == choice.ticket
    assert (() if ticket else (TICKET,)) == choice.claims


def test_a_bounce_is_of_the_mail_whose_reverse_path_it_came_to() -> None:
    """Even where it gives back nothing; another role's address does not count."""
    genuine = signed(JAN, ReplyRole.BOUNCE)

    choice = choose(clues(), KNOWN, NOBODY, DESK, Kind.BOUNCE, [genuine])

    assert (TICKET, Trust.RETURN_ADDRESS) == (choice.ticket, choice.trust)
    assert genuine.sent == choice.returned
    assert choose(clues(), KNOWN, NOBODY, DESK, Kind.BOUNCE, [FOR_JAN, FOR_ADA]).ticket is None


def test_a_bounce_that_names_our_mail_says_which() -> None:
    """By the number in its id."""
    known = replace(KNOWN, replied=(SentMail(7, 1, 0, JAN, NOW),))

    choice = choose(clues(issued=("<cp.1@north>",)), known, NOBODY, DESK, Kind.BOUNCE)

    assert (7, ISSUED_TO_JAN) == (choice.returned and choice.returned.outbox, choice.answered)


# An unknown mail that a mail on the ticket answers, too.

UNSEEN = KnownId("<unseen@klant>", 1)
FIRM = replace(TICKET, organisation="Klant", participants=())
COLLEAGUE = replace(EVE_PROVEN, organisation="Klant")


@pytest.mark.parametrize(
    ("sender", "ticket"),
    [
        (SENDER, FIRM),
        (JAN_UNPROVEN, None),
        (COLLEAGUE, FIRM),
        (replace(COLLEAGUE, authentic=False), None),
        (replace(COLLEAGUE, organisation="Other"), None),
        (EVE_PROVEN, None),
        (NOBODY, None),
        (AGENT, FIRM),
        (AGENT_UNPROVEN, None),
    ],
)
def test_siblings_join(sender: Sender, ticket: Ticket | None) -> None:
    """Two answers to a mail that we never saw, of people who belong to the ticket."""
    known = Known(tickets=(FIRM,), ancestors=(UNSEEN,))

    choice = choose(clues(UNSEEN), known, sender, DESK, Kind.PERSON)

    assert (ticket, Trust.SIBLING if ticket else None) == (choice.ticket, choice.trust)
    assert (() if ticket else (FIRM,)) == choice.claims


def test_a_mail_that_was_seen_is_no_ancestor() -> None:
    """A colleague who has its id alone is told from one who takes part."""
    known = Known(tickets=(FIRM,), ids=(SEEN,), ancestors=(SEEN,))

    assert choose(clues(SEEN), known, COLLEAGUE, DESK, Kind.PERSON).ticket is None


@pytest.mark.parametrize("by_number", NumberTrust)
@pytest.mark.parametrize(
    ("sender", "by"),
    [
        (SENDER, {NumberTrust.AUTHENTIC_PARTICIPANT, NumberTrust.PARTICIPANT}),
        (JAN_UNPROVEN, {NumberTrust.PARTICIPANT}),
        (COLLEAGUE, {NumberTrust.AUTHENTIC_PARTICIPANT, NumberTrust.PARTICIPANT}),
        (replace(COLLEAGUE, authentic=False), set()),
        (replace(COLLEAGUE, organisation=""), set()),
        (AGENT, {NumberTrust.AUTHENTIC_PARTICIPANT, NumberTrust.PARTICIPANT}),
        (AGENT_UNPROVEN, set()),
        (replace(AGENT_UNPROVEN, address=JAN), set()),
        (NOBODY, set()),
    ],
)
def test_a_number_counts_as_the_desk_says(
    by_number: NumberTrust, sender: Sender, by: set[NumberTrust]
) -> None:
    """Participants, colleagues and agents: the latter two never without proof."""
    desk = replace(DESK, by_number=by_number)

    choice = choose(clues(numbers=("NO-00013",)), Known(tickets=(FIRM,)), sender, desk, Kind.PERSON)

    assert (FIRM if by_number in by else None) == choice.ticket


def test_no_ticket_without_an_organisation_is_everybodys_who_has_none() -> None:
    """Nothing equals nothing, but proves nothing."""
    known = Known(tickets=(TICKET,), ancestors=(UNSEEN,))

    choice = choose(clues(UNSEEN, numbers=("NO-00013",)), known, EVE_PROVEN, DESK, Kind.PERSON)

    assert (None, (TICKET,)) == (choice.ticket, choice.claims)


# Merged tickets.

MERGED = replace(TICKET, merged_into=4)
TWICE = replace(TICKET, id=4, number="NO-00040", requester=EVE, participants=(JAN,), merged_into=5)
ORIGINAL = replace(TWICE, id=5, number="NO-00053", merged_into=0)
CHAIN = Known(tickets=(MERGED, TWICE, ORIGINAL), ids=(ISSUED_TO_JAN, SEEN))


@pytest.mark.parametrize(
    ("found", "addressed"),
    [
        (clues(), [FOR_JAN]),
        (clues(issued=("<cp.1@north>",)), []),
        (clues(SEEN), []),
        (clues(numbers=("NO-00013",)), []),
    ],
)
def test_merged_tickets_are_followed(found: Clues, addressed: list[Addressed]) -> None:
    """To the end of the chain, whatever clue named the duplicate."""
    choice = choose(found, CHAIN, SENDER, DESK, Kind.PERSON, addressed)

    assert (ORIGINAL, MERGED) == (choice.ticket, choice.named)


def test_a_stranger_claims_the_original() -> None:
    """It is what an agent has to look at."""
    choice = choose(
        clues(SEEN), CHAIN, replace(EVE_PROVEN, address="x@y.example"), DESK, Kind.PERSON
    )

    assert (None, (ORIGINAL,)) == (choice.ticket, choice.claims)


def test_a_bounce_of_a_duplicates_mail_belongs_to_the_original() -> None:
    """As anything else."""
    found = clues(issued=("<cp.1@north>",))

    choice = choose(found, CHAIN, NOBODY, DESK, Kind.BOUNCE)

    assert (ORIGINAL, MERGED) == (choice.ticket, choice.named)


def test_a_ring_of_merges_ends() -> None:
    """However it came about."""
    ring = Known(tickets=(MERGED, replace(TWICE, merged_into=1)))

    assert choose(clues(numbers=("NO-00013",)), ring, SENDER, DESK, Kind.PERSON).ticket is not None


def test_a_colleague_of_the_duplicate_only_is_none_of_the_original() -> None:
    """Reports of several organisations may be merged; a number opens only what is their own."""
    theirs = replace(MERGED, organisation="Klant")
    known = Known(tickets=(theirs, TWICE, replace(ORIGINAL, organisation="Other")))

    mine = replace(COLLEAGUE, address="kim@klant.example")
    choice = choose(clues(numbers=("NO-00013",)), known, mine, DESK, Kind.PERSON)

    assert choice.ticket is None


# Long after closing.

LATE = replace(DESK, reopen_within="14d")
CLOSED = replace(TICKET, phase=Phase.CLOSED, since=NOW)
DAY = timedelta(days=1)


def arrived(
    sender: Sender = SENDER,
    kind: Kind = Kind.PERSON,
    trust: Trust = Trust.REPLY_ADDRESS,
    days: float = 14.1,
    desk: Desk = LATE,
    ticket: Ticket = CLOSED,
) -> Choice:
    """Choose a ticket so many days after it got its status."""
    return unless_long_closed(Choice(ticket, trust), sender, desk, kind, NOW + days * DAY)


def test_an_answer_long_after_closing_goes_to_no_ticket() -> None:
    """It continues the old one; why is said."""
    choice = arrived()

    assert (None, CLOSED, Trust.REPLY_ADDRESS) == (choice.ticket, choice.continues, choice.trust)
    assert ("NO-00013 has been closed for longer than 14d",) == choice.why


@pytest.mark.parametrize(
    "choice",
    [
        arrived(days=14),
        arrived(desk=DESK),
        arrived(ticket=replace(CLOSED, phase=Phase.WAITING)),
        arrived(sender=AGENT),
        arrived(kind=Kind.OUT_OF_OFFICE),
        arrived(kind=Kind.BOUNCE),
        arrived(trust=Trust.ANOTHERS_ADDRESS),
    ],
)
def test_any_other_stays_on_its_ticket(choice: Choice) -> None:
    """In time, not closed, an agent's, a machine's, or somebody else's internal entry."""
    assert choice.ticket is not None
    assert choice.continues is None
