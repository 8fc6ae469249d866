"""Which ticket a mail belongs to: a table of clues, senders and desks."""

from dataclasses import replace

import pytest

from gateway.config.desk import NumberTrust
from gateway.desk.choose import choose
from gateway.desk.known import Known, KnownId, Role, Sender, Trust
from gateway.desk.ticket import Ticket
from gateway.mail.model import Clues, Issued, Kind
from lib.desks import DESK, EVE, JAN, SENDER, TICKET

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
