"""Who wrote, how tickets change, which desk an address is of, and what is said of it all."""

from dataclasses import replace

import pytest

from gateway.config.desk import Lifecycle, Phase
from gateway.desk import lifecycle
from gateway.desk.choice import Choice, Trust
from gateway.desk.decide import decide
from gateway.desk.identify import identify
from gateway.desk.known import Known, Role
from gateway.desk.person import Person
from gateway.desk.route import Routes
from gateway.desk.ticket import Change, Event, EventKind, Stay
from gateway.desk.trace import trace
from gateway.mail.model import Authenticity, Clues, Issued, Mail, Mailbox, ReplyClue, Verdict
from lib.desks import (
    ADA,
    CASE,
    DESK,
    EVE,
    JAN,
    MAIL,
    NOW,
    TICKET,
    without_author,
)

PROVEN = Authenticity(Verdict.PASS, "the domain vouches")
ROUTES = Routes([DESK])


def by(address: str, name: str = "") -> Mail:
    """Give a mail of somebody."""
    return replace(MAIL, author=Mailbox(name, address))


@pytest.mark.parametrize(
    ("mail", "known", "role", "address"),
    [
        (by("Help@North.example".lower()), Known(), Role.OURSELVES, "help@north.example"),
        (by(ADA), Known(), Role.AGENT, ADA),
        (by(JAN), Known(person=Person(JAN, "Jan K.")), Role.CUSTOMER, JAN),
        (by(JAN), Known(tickets=(TICKET,)), Role.CUSTOMER, JAN),
        (by("piet@klant.example"), Known(tickets=(TICKET,)), Role.CUSTOMER, "piet@klant.example"),
        (by(EVE), Known(tickets=(TICKET,)), Role.STRANGER, EVE),
        (by(EVE), Known(), Role.STRANGER, EVE),
        (without_author(), Known(tickets=(TICKET,)), Role.STRANGER, ""),
        (without_author(claimed=Mailbox("Ada", ADA)), Known(), Role.STRANGER, ""),
    ],
)
def test_only_one_clean_author_is_somebody(
    mail: Mail, known: Known, role: Role, address: str
) -> None:
    """A guess at who wrote is for people to read."""
    sender = identify(mail, PROVEN, known, DESK, ROUTES.is_ours)

    assert (role, address) == (sender.role, sender.address)
    assert sender.authentic is bool(address)
    assert sender.why


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.UNKNOWN])
def test_only_a_pass_is_authentic(verdict: Verdict) -> None:
    """A time-out is not a pass; the directory may vouch all the same."""
    known = Known(person=Person(JAN, "Jan K."))
    sender = identify(by(JAN, "J"), Authenticity(verdict, "x"), known, DESK, ROUTES.is_ours)

    assert (False, True, "Jan K.") == (sender.authentic, sender.vouched, sender.name)


def test_a_person_without_a_name_has_the_one_of_the_mail() -> None:
    """And a mail without a clean author the claimed one's."""
    nameless = Known(person=Person(JAN))
    assert "J" == identify(by(JAN, "J"), PROVEN, nameless, DESK, ROUTES.is_ours).name
    claimed = without_author(claimed=Mailbox("Ada", ADA))
    assert "Ada" == identify(claimed, PROVEN, Known(), DESK, ROUTES.is_ours).name


@pytest.mark.parametrize(
    ("recipient", "ours"),
    [
        ("help@north.example", True),
        ("HELP@North.Example", True),
        ("help+tag@north.example", True),
        ("urgent@north.example", True),
        ("help@south.example", False),
        ("", False),
        ("help", False),
        ("help@", False),
        ("@north.example", False),
    ],
)
def test_an_address_belongs_to_its_desk_however_it_is_written(recipient: str, ours: bool) -> None:  # noqa: FBT001
    """What is no address belongs to nobody."""
    assert ours is ROUTES.is_ours(recipient)
    assert (DESK if ours else None) == ROUTES.desk_of(recipient)


@pytest.mark.parametrize(
    ("field", "value", "attribute", "expected"),
    [
        *[
            (name, "new", name, "new")
            for name in (
                "subject",
                "type",
                "severity",
                "requester",
                "assignee",
                "language",
                "timezone",
                "product",
            )
        ],
        ("phase", "closed", "phase", Phase.CLOSED),
        ("participant", EVE, "participants", ("piet@klant.example", EVE)),
    ],
)
def test_an_event_changes_one_field(
    field: str, value: str, attribute: str, expected: object
) -> None:
    """And counts as one version, at its time."""
    event = Event(EventKind.STATUS_CHANGED, NOW, "", "", (Change(field, value),))

    folded = lifecycle.fold(TICKET, [event])

    assert expected == getattr(folded, attribute)
    assert TICKET == replace(
        folded, version=TICKET.version, **{attribute: getattr(TICKET, attribute)}
    )


@pytest.mark.parametrize("field", ["id", "number", "desk", "version", "nonsense"])
def test_no_event_changes_what_a_ticket_is(field: str) -> None:
    """Nor a field that there is not."""
    event = Event(EventKind.STATUS_CHANGED, NOW, "", "", (Change(field, "1"),))

    with pytest.raises(ValueError, match=f"cannot change the field '{field}'"):
        lifecycle.fold(TICKET, [event])


@pytest.mark.parametrize(
    ("after_customer", "status", "phase", "kinds", "expected"),
    [
        ("Answered", "New", Phase.OPEN, ["entry-added"], "New"),
        ("Answered", "New", Phase.WAITING, ["entry-added", "status-changed"], "Answered"),
        ("Answered", "Answered", Phase.WAITING, ["entry-added"], "Answered"),
        ("", "New", Phase.WAITING, ["entry-added"], "New"),
        ("Answered", "Done", Phase.CLOSED, ["entry-added", "reopened"], "Again"),
        ("", "Done", Phase.CLOSED, ["entry-added", "reopened"], "Again"),
    ],
)
def test_a_customers_mail_moves_a_ticket_as_its_desk_says(
    after_customer: str, status: str, phase: Phase, kinds: list[str], expected: str
) -> None:
    """One that waits goes on, a closed one opens again, an open one stays as it is."""
    rules = Lifecycle(start="New", reopened="Again", after_customer=after_customer)
    desk = replace(DESK, lifecycle=rules)
    ticket = replace(TICKET, status=status, phase=phase)

    events = lifecycle.customer_wrote(desk, ticket, JAN, NOW, answerable=True)

    assert kinds == [event.kind.value for event in events]
    assert expected == lifecycle.fold(ticket, events).status


def test_a_case_opened_by_nobody_says_so() -> None:
    """Its requester is empty, its actor is not."""
    event = lifecycle.opened(DESK, lifecycle.Opening("Subject", "", "en", answerable=True), NOW)
    ticket = lifecycle.fold(lifecycle.blank(1, "NO-00013", "north", NOW), [event])

    assert ("unidentified sender", "", "New", Phase.OPEN, 1) == (
        event.actor,
        ticket.requester,
        ticket.status,
        ticket.phase,
        ticket.version,
    )


def test_nobody_takes_part_without_an_address() -> None:
    """A ticket without a requester is not everybody's."""
    ticket = replace(TICKET, requester="")

    assert not ticket.has_on_it("")
    assert ticket.has_on_it("piet@klant.example")


def test_every_stage_is_told_with_all_keys() -> None:
    """Whether or not there is anything to say; lists are never null."""
    address = ReplyClue("c", "1", 7, "a" * 26, "help@north.example")
    clues = Clues((Issued(1, "<cp.1@x>"),), ("<2@x>",), ("NO-00013",), (address,))
    choice = Choice(TICKET, Trust.KNOWN_ID, (TICKET,), ("because",))
    full = trace(PROVEN, clues, replace(CASE, choice=choice), decide(CASE, NOW))
    empty = trace(PROVEN, Clues((), (), ()), CASE, decide(CASE, NOW))

    assert list(full) == list(empty)
    # What proves a reply address is not told: whoever reads a trace is not whom it was given to.
    assert {
        "issued": ["<cp.1@x>"],
        "references": ["<2@x>"],
        "numbers": ["NO-00013"],
        "reply_addresses": ["c7"],
    } == full["clues"]
    nothing: dict[str, object] = {
        "ticket": None,
        "trust": None,
        "claims": [],
        "continues": None,
        "why": [],
    }
    assert nothing == empty["choice"]
    assert "NO-00013" in str(full["choice"])
    assert "customer/acknowledge" in str(full["decision"])


def test_a_status_is_a_new_stay_in_the_ledger() -> None:
    """Since the event's time; the same status once more is the same stay."""
    event = Event(EventKind.STATUS_CHANGED, NOW, "", "", (Change("status", "new"),))

    folded = lifecycle.fold(TICKET, [event, event])

    assert ("new", NOW, (Stay("new", NOW),)) == (folded.status, folded.since, folded.stays)
