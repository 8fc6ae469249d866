"""What becomes of a mail: a table of cases."""

from dataclasses import replace

import pytest

from gateway.config.desk import Phase, StrangerPolicy
from gateway.desk.decide import Case, decide, language_of
from gateway.desk.model import (
    Choice,
    EntryKind,
    Known,
    Outcome,
    Person,
    Reason,
    Role,
    Sender,
    Trust,
)
from gateway.mail.model import Kind, Mailbox
from lib.desks import CASE, DESK, JAN, NOW, SENDER, TICKET, kind_of

ON_TICKET = Choice(TICKET, Trust.KNOWN_ID)
CLOSED = Choice(replace(TICKET, phase=Phase.CLOSED, status="Done"), Trust.KNOWN_ID)
CLAIMING = Choice(None, None, (TICKET,))
AGENT = replace(SENDER, role=Role.AGENT)
OURSELVES = replace(SENDER, role=Role.OURSELVES)
HOLDING = replace(DESK, strangers_number=StrangerPolicy.HOLD)


@pytest.mark.parametrize(
    ("case", "outcome", "reason"),
    [
        (CASE, Outcome.FILED, Reason.OPENED),
        (replace(CASE, known=Known(duplicate_of=7)), Outcome.DUPLICATE, Reason.DUPLICATE),
        (
            replace(CASE, known=Known(duplicate_of=7), unreadable=True),
            Outcome.DUPLICATE,
            Reason.DUPLICATE,
        ),
        (replace(CASE, unreadable=True), Outcome.FILED, Reason.UNREADABLE),
        (replace(CASE, sender=OURSELVES), Outcome.FILED, Reason.OWN_MAIL),
        (replace(CASE, kind=kind_of(Kind.LOOP)), Outcome.FILED, Reason.OWN_MAIL),
        (
            replace(CASE, kind=kind_of(Kind.LOOP), choice=ON_TICKET),
            Outcome.FILED,
            Reason.AUTOMATIC_FILED,
        ),
        (replace(CASE, sender=AGENT), Outcome.HELD, Reason.AGENT_NOT_PROVEN),
        (
            replace(CASE, sender=AGENT, kind=kind_of(Kind.AUTOMATIC)),
            Outcome.FILED,
            Reason.AUTOMATIC_OPENED,
        ),
        (replace(CASE, choice=ON_TICKET), Outcome.FILED, Reason.APPENDED),
        (replace(CASE, choice=CLOSED), Outcome.FILED, Reason.REOPENED),
        (replace(CASE, choice=CLAIMING), Outcome.FILED, Reason.OPENED_CLAIMING),
        (replace(CASE, choice=CLAIMING, desk=HOLDING), Outcome.HELD, Reason.CLAIMS_A_CASE),
        *[
            (replace(CASE, kind=kind_of(kind)), Outcome.FILED, Reason.ORPHAN)
            for kind in (Kind.BOUNCE, Kind.RECEIPT, Kind.OUT_OF_OFFICE)
        ],
        *[
            (replace(CASE, kind=kind_of(kind)), Outcome.FILED, Reason.AUTOMATIC_OPENED)
            for kind in (Kind.AUTOMATIC, Kind.LIST, Kind.REPORT)
        ],
        *[
            (replace(CASE, kind=kind_of(kind), choice=ON_TICKET), Outcome.FILED, reason)
            for kind, reason in (
                (Kind.BOUNCE, Reason.AUTOMATIC_FILED),
                (Kind.OUT_OF_OFFICE, Reason.AUTOMATIC_FILED),
            )
        ],
    ],
)
def test_the_first_line_that_fits_holds(case: Case, outcome: Outcome, reason: Reason) -> None:
    """In the order of `decide`."""
    decision = decide(case, NOW)

    assert (outcome, reason) == (decision.outcome, decision.reason)
    assert bool(decision.events) is (decision.entry is not None)


def test_a_new_case_is_acknowledged_to_its_author() -> None:
    """In the desk's language, by the name that may be repeated."""
    (reply,) = decide(CASE, NOW).replies

    assert ("customer/acknowledge", Mailbox("Jan", JAN), "en", True) == (
        reply.template,
        reply.to,
        reply.language,
        reply.automatic,
    )


def test_the_name_of_somebody_nobody_vouches_for_is_not_repeated() -> None:
    """It may be an advertisement."""
    (reply,) = decide(replace(CASE, sender=replace(SENDER, authentic=False)), NOW).replies

    assert Mailbox("", JAN) == reply.to


@pytest.mark.parametrize(
    ("case", "why"),
    [
        (replace(CASE, unreadable=True), "could not be read"),
        (replace(CASE, quiet=True), "older than our first look"),
        (replace(CASE, kind=kind_of(Kind.AUTOMATIC)), "not a person's: automatic"),
        (replace(CASE, kind=kind_of(Kind.PERSON, "a null reverse-path")), "a null reverse-path"),
        (replace(CASE, kind=kind_of(Kind.PERSON)), "asks for no automatic answer"),
        (
            replace(CASE, sender=Sender(Role.STRANGER, "", "", authentic=False, why="no From")),
            "nobody to answer to: no From",
        ),
    ],
)
def test_an_answer_that_is_not_sent_says_why(case: Case, why: str) -> None:
    """RFC 3834 section 2, and ours."""
    decision = decide(case, NOW)

    assert () == decision.replies
    (withheld,) = decision.withheld
    assert withheld.startswith("customer/acknowledge: ")
    assert why in withheld


def test_a_claimed_case_is_linked_and_nothing_of_it_changes() -> None:
    """Its number stands in the events, for agents to see."""
    decision = decide(replace(CASE, choice=CLAIMING), NOW)

    assert (1,) == decision.links
    assert decision.ticket is None
    assert "the mail claims case NO-00013" == decision.events[1].why


@pytest.mark.parametrize(
    ("case", "kind", "automatic", "internal"),
    [
        (CASE, EntryKind.CUSTOMER, False, False),
        (replace(CASE, unreadable=True), EntryKind.UNREADABLE, True, False),
        (replace(CASE, kind=kind_of(Kind.LIST)), EntryKind.AUTOMATIC_IN, True, True),
    ],
)
def test_an_entry_says_what_it_is(
    case: Case,
    kind: EntryKind,
    automatic: bool,  # noqa: FBT001
    internal: bool,  # noqa: FBT001
) -> None:
    """A machine's is not shown to a customer."""
    entry = decide(case, NOW).entry

    assert entry is not None
    assert (kind, automatic, internal) == (entry.kind, entry.automatic, entry.internal)


@pytest.mark.parametrize(
    ("person", "language"),
    [
        (None, "en"),
        (Person(JAN, language="nl"), "nl"),
        (Person(JAN, language="fi"), "en"),
        (Person(JAN), "en"),
    ],
)
def test_a_person_is_written_to_in_their_language_if_the_desk_has_it(
    person: Person | None, language: str
) -> None:
    """Else in the desk's first."""
    assert language == language_of(replace(CASE, sender=replace(SENDER, person=person)))


def test_an_unidentified_senders_machine_is_filed_under_no_name() -> None:
    """Its event says so."""
    sender = Sender(Role.STRANGER, "", "", authentic=False, why="")
    case = replace(CASE, sender=sender, kind=kind_of(Kind.BOUNCE), choice=ON_TICKET)

    assert "unidentified sender" == decide(case, NOW).events[0].actor
