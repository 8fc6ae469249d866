"""What becomes of a mail: a table of cases."""

from dataclasses import replace

import pytest

from gateway.config.desk import AutomaticMail, MachineMail, Phase, StrangerPolicy
from gateway.desk.case import Case
from gateway.desk.choice import Choice, Trust
from gateway.desk.decide import decide
from gateway.desk.decision import Decision, Outcome, Reason, Reply
from gateway.desk.known import Known, KnownId, ReplyRole, Role, Sender
from gateway.desk.language import language_of
from gateway.desk.lifecycle import fold
from gateway.desk.person import Person
from gateway.desk.ticket import EntryKind, EventKind, Ticket
from gateway.mail.model import Bounce, Kind, Mailbox, Undelivered
from lib.desks import CASE, DESK, EVE, JAN, NOW, SENDER, TICKET, kind_of


def to_customers(decision: Decision) -> tuple[Reply, ...]:
    """Give the mails that agents do not get."""
    return tuple(reply for reply in decision.replies if not reply.to_agent)


ON_TICKET = Choice(TICKET, Trust.KNOWN_ID)
CLOSED = Choice(replace(TICKET, phase=Phase.CLOSED, status="Done"), Trust.KNOWN_ID)
CLAIMING = Choice(None, None, (TICKET,))
DUTCH = "Het rapport opent niet meer sinds gisteren. Kunt u mij helpen? Ik hoor graag van u."
ENGLISH = "The report has not opened since yesterday. Can you help me? I look forward to it."
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
            for kind in (Kind.BOUNCE, Kind.RECEIPT, Kind.OUT_OF_OFFICE, Kind.REPORT)
        ],
        *[
            (replace(CASE, kind=kind_of(kind)), Outcome.FILED, Reason.AUTOMATIC_OPENED)
            for kind in (Kind.AUTOMATIC, Kind.LIST)
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
    reply, told = decide(CASE, NOW).replies

    assert ("customer/acknowledge", Mailbox("Jan", JAN), "en", True) == (
        reply.template,
        reply.to,
        reply.language,
        reply.automatic,
    )
    assert (ReplyRole.CUSTOMER, ReplyRole.AGENT) == (reply.reply_role, told.reply_role)


def test_the_name_of_somebody_nobody_vouches_for_is_not_repeated() -> None:
    """It may be an advertisement."""
    reply, _ = decide(replace(CASE, sender=replace(SENDER, authentic=False)), NOW).replies

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

    assert () == to_customers(decision)
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
    ("person", "ticket", "text", "language"),
    [
        (None, None, DUTCH, "nl"),
        (None, None, "OK.", "en"),
        (None, None, "", "en"),
        (Person(JAN, language="nl"), None, ENGLISH, "nl"),
        (Person(JAN, language="nl"), TICKET, ENGLISH, "nl"),
        (Person(JAN, language="fi"), None, DUTCH, "nl"),
        (Person(JAN, language="fi"), None, "", "en"),
        (Person(JAN), TICKET, DUTCH, "en"),
        (None, replace(TICKET, language="fi"), DUTCH, "nl"),
    ],
)
def test_the_person_the_ticket_the_text_and_the_desk_say_the_language(
    person: Person | None, ticket: Ticket | None, text: str, language: str
) -> None:
    """In this order, and only one that the desk has."""
    spoken = language_of(DESK, person, ticket, ("OK.", text))

    assert language == spoken.language
    assert spoken.why


def test_a_desk_of_one_language_asks_no_text() -> None:
    """There is nothing to choose."""
    desk = replace(DESK, languages=("fi",))

    assert "fi" == language_of(desk, None, None, (ENGLISH,)).language


def test_an_unidentified_senders_machine_is_filed_under_no_name() -> None:
    """Its event says so."""
    sender = Sender(Role.STRANGER, "", "", authentic=False, why="")
    case = replace(CASE, sender=sender, kind=kind_of(Kind.BOUNCE), choice=ON_TICKET)

    assert "unidentified sender" == decide(case, NOW).events[0].actor


MACHINES = replace(
    DESK,
    automatic_mail=AutomaticMail(
        automatic=MachineMail.HOLD,
        list=MachineMail.FILE,
        report=MachineMail.TICKET,
        tickets_at=("urgent@north.example",),
    ),
)
CRASHING = ("help@north.example", "urgent@north.example")


@pytest.mark.parametrize(
    ("kind", "written_to", "outcome", "reason"),
    [
        (Kind.AUTOMATIC, (), Outcome.HELD, Reason.AUTOMATIC_HELD),
        (Kind.LIST, (), Outcome.FILED, Reason.ORPHAN),
        (Kind.REPORT, (), Outcome.FILED, Reason.AUTOMATIC_OPENED),
        (Kind.AUTOMATIC, CRASHING, Outcome.FILED, Reason.AUTOMATIC_OPENED),
        (Kind.OUT_OF_OFFICE, CRASHING, Outcome.FILED, Reason.AUTOMATIC_OPENED),
        (Kind.OUT_OF_OFFICE, (), Outcome.FILED, Reason.ORPHAN),
        (Kind.BOUNCE, CRASHING, Outcome.FILED, Reason.ORPHAN),
        (Kind.RECEIPT, CRASHING, Outcome.FILED, Reason.ORPHAN),
    ],
)
def test_a_desk_says_what_becomes_of_machines_mail(
    kind: Kind, written_to: tuple[str, ...], outcome: Outcome, reason: Reason
) -> None:
    """By its kind, and by the address that it came to; nobody is answered."""
    case = replace(CASE, desk=MACHINES, kind=kind_of(kind), written_to=written_to)

    decision = decide(case, NOW)

    assert (outcome, reason, ()) == (decision.outcome, decision.reason, to_customers(decision))


OURS = KnownId("<cp.1.x@north.example>", 1, JAN)
GONE = Undelivered(JAN, "5.1.1", permanent=True)


def bounced(*failed: Undelivered, ours: KnownId = OURS) -> Case:
    """Give the case of a bounce on the ticket."""
    choice = Choice(TICKET, Trust.ANSWERED_ID, answered=ours)
    bounce = Bounce(ours.message_id, failed, "", "the test says so")
    return replace(CASE, kind=replace(kind_of(Kind.BOUNCE), bounce=bounce), choice=choice)


@pytest.mark.parametrize(
    ("case", "answerable"),
    [
        (bounced(GONE), False),
        (bounced(replace(GONE, address="Jan@Klant.Example")), False),
        (bounced(replace(GONE, permanent=False)), True),
        (bounced(replace(GONE, address=EVE)), True),
        (bounced(replace(GONE, address="")), True),
        (bounced(GONE, ours=replace(OURS, given_to="piet@klant.example")), True),
        (bounced(), True),
        (replace(bounced(GONE), kind=kind_of(Kind.BOUNCE)), True),
    ],
)
def test_only_a_lasting_failure_of_the_address_written_to_ends_automatic_mail(
    case: Case,
    answerable: bool,  # noqa: FBT001
) -> None:
    """A delay, another address, or a mail to another participant changes nothing."""
    decision = decide(case, NOW)

    after = fold(TICKET, decision.events)
    assert replace(TICKET, version=after.version, answerable=answerable) == after
    assert () == decision.replies


def test_a_bounce_is_one_event_of_the_address_that_the_mail_was_for() -> None:
    """With its status, how long it lasts, and which mail of ours it was."""
    elsewhere = Undelivered(EVE, "", permanent=False)
    for failed in ((GONE, elsewhere), (elsewhere, GONE), 100 * (GONE,)):
        decision = decide(bounced(*failed), NOW)

        assert Reason.BOUNCED == decision.reason
        _, event = decision.events
        assert (EventKind.BOUNCED, "casepost") == (event.kind, event.actor)
        assert f"{JAN} did not get <cp.1.x@north.example>, for good: 5.1.1" == event.why

    _, event = decide(bounced(elsewhere), NOW).events
    assert f"{EVE} did not get <cp.1.x@north.example>, for now: no status" == event.why


def test_only_the_requesters_own_mail_lets_automatic_mail_go_on() -> None:
    """Another participant's says nothing of the address that failed."""
    ticket = replace(TICKET, answerable=False)
    case = replace(CASE, choice=Choice(ticket, Trust.KNOWN_ID))
    piet = replace(case, sender=replace(SENDER, address="piet@klant.example"))

    assert fold(ticket, decide(case, NOW).events).answerable
    assert not fold(ticket, decide(piet, NOW).events).answerable
