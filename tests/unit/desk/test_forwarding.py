"""Whose case a forwarded mail is."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from gateway.config.desk import Agent
from gateway.desk.case import Case, Forward
from gateway.desk.choice import Choice, Trust
from gateway.desk.decide import decide
from gateway.desk.decision import Reason
from gateway.desk.forwarding import copied, is_agents, on_behalf
from gateway.desk.hear import hear
from gateway.desk.known import Known, Role, Sender
from gateway.desk.person import Person
from gateway.desk.route import Routes
from gateway.desk.ticket import EntryKind
from gateway.mail.forward import Forwarded
from gateway.mail.model import Authenticity, Kind, Mailbox, Verdict
from lib.desks import ADA, CASE, DESK, EVE, JAN, MAIL, NOW, TICKET, kind_of

FORWARDED = Forwarded(
    author=Mailbox("Eve", EVE),
    date=NOW - timedelta(days=3),
    subject="Old",
    message_id="<old@elsewhere.example>",
    text="It was white.",
    attachments=(),
    comment="For us?",
    whole=True,
)
AGENT = Sender(Role.AGENT, ADA, "Ada", authentic=True, why="", proven=True)
FROM_ADA = replace(CASE, sender=AGENT)
IVO = "ivo@north.example"
WITH_IVO = replace(DESK, agent=(*DESK.agent, Agent(IVO, "Ivo", active=False)))
ROUTES = Routes([DESK])


def original(case: Case = FROM_ADA, forwarded: Forwarded | None = FORWARDED) -> Case:
    """Give the case that a forward makes."""
    return on_behalf(case, forwarded, ROUTES.is_ours)


def written_by(address: str) -> Forwarded:
    """Give a forward of somebody's mail."""
    return replace(FORWARDED, author=Mailbox("", address))


@pytest.mark.parametrize(
    ("case", "forwarded"),
    [
        (FROM_ADA, None),
        (replace(CASE, sender=replace(AGENT, proven=False)), FORWARDED),
        (replace(FROM_ADA, quiet=True), FORWARDED),
        (CASE, FORWARDED),
        (replace(FROM_ADA, kind=kind_of(Kind.AUTOMATIC)), FORWARDED),
        (replace(FROM_ADA, choice=Choice(TICKET, Trust.ISSUED_ID)), FORWARDED),
        (replace(FROM_ADA, choice=Choice(None, None, (TICKET,))), FORWARDED),
        (replace(FROM_ADA, unreadable=True), FORWARDED),
        (FROM_ADA, written_by(ADA)),
        (FROM_ADA, written_by("help@north.example")),
        (FROM_ADA, written_by("")),
    ],
)
def test_a_forward_that_may_not_speak_for_another_is_the_agents(
    case: Case, forwarded: Forwarded | None
) -> None:
    """Not proven, not a person's, on a ticket, or of nobody else."""
    assert case is original(case, forwarded)


def test_its_author_is_the_requester_whom_nobody_vouches_for() -> None:
    """By the normal rules: an answer without their words."""
    case = hear(original())
    decision = decide(case, NOW)

    assert (Role.STRANGER, EVE, False) == (
        case.sender.role,
        case.sender.address,
        case.sender.vouched,
    )
    assert Forward(ADA, "For us?") == case.forward
    assert Reason.OPENED_FORWARDED == decision.reason
    assert [EVE, ADA] == [reply.to.address for reply in decision.replies]
    assert "" == decision.replies[0].to.name
    assert (ADA, f"{ADA} forwarded a mail of {EVE}") == (
        decision.events[0].actor,
        decision.events[0].why,
    )
    entry, note = decision.entry, decision.note
    assert entry is not None
    assert note is not None
    assert (EntryKind.CUSTOMER, EVE, FORWARDED.date, "It was white.") == (
        entry.kind,
        entry.author,
        entry.at,
        entry.text,
    )
    assert (EntryKind.NOTE, ADA, "For us?", True) == (
        note.kind,
        note.author,
        note.text,
        note.internal,
    )


@pytest.mark.parametrize("date", [None, NOW + timedelta(days=1)])
def test_a_mail_was_written_before_it_was_forwarded(date: datetime | None) -> None:
    """Whatever its date says."""
    entry = decide(original(forwarded=replace(FORWARDED, date=date)), NOW).entry

    assert entry is not None
    assert NOW == entry.at


def test_without_a_comment_there_is_no_note_and_without_a_subject_the_forwards() -> None:
    """Nothing is made up."""
    case = original(forwarded=replace(FORWARDED, comment="", subject=""))

    assert decide(case, NOW).note is None
    assert "It stays white" == case.mail.subject


def test_a_person_of_the_directory_is_known_by_it() -> None:
    """Their name and language count, and their words may be repeated."""
    known = Known(original=Person(EVE, "Eve Adams", language="nl"))
    case = hear(original(replace(FROM_ADA, known=known)))
    reply, _ = decide(case, NOW).replies

    assert Role.CUSTOMER == case.sender.role
    assert (Mailbox("Eve Adams", EVE), "nl") == (reply.to, reply.language)


def test_nobody_answers_an_address_that_takes_no_mail() -> None:
    """Though the agent is a person."""
    decision = decide(original(forwarded=written_by("no-reply@elsewhere.example")), NOW)

    assert [ADA] == [reply.to.address for reply in decision.replies]
    assert "no-reply" in decision.withheld[0]


@pytest.mark.parametrize(
    ("author", "verdict", "expected"),
    [
        (ADA, Verdict.PASS, True),
        (IVO, Verdict.PASS, False),
        (ADA, Verdict.UNKNOWN, False),
        (ADA, Verdict.FAIL, False),
        (JAN, Verdict.PASS, False),
    ],
)
def test_only_a_proven_agents_mail_is_looked_into(
    author: str,
    verdict: Verdict,
    expected: bool,  # noqa: FBT001
) -> None:
    """A From line proves nothing, nor does one that was an agent's."""
    mail = replace(MAIL, author=Mailbox("", author))

    assert expected is is_agents(WITH_IVO, mail, Authenticity(verdict, ""))
    assert not is_agents(DESK, replace(MAIL, author=None), Authenticity(verdict, ""))


def test_an_agent_who_lets_a_held_forward_in_vouches_for_it() -> None:
    """Nobody else does: neither an operator, nor one who is an agent no more."""
    unknown = Authenticity(Verdict.UNKNOWN, "")
    by = ("", "operator", JAN, IVO, ADA)
    mail = replace(MAIL, author=Mailbox("", ADA))

    assert [False, False, False, False, True] == [
        is_agents(WITH_IVO, mail, unknown, one) for one in by
    ]


def test_those_to_whom_a_mail_was_written_as_well_are_neither_we_nor_agents() -> None:
    """Nor its author; so many and no more."""
    others = [Mailbox("", f"c{n}@klant.example") for n in range(40)]
    to = (Mailbox("", "help+x@north.example"), Mailbox("", ADA), Mailbox("", JAN), *others)

    found = copied(replace(MAIL, to=to, cc=(others[0],)), DESK, ROUTES.is_ours)

    assert tuple(box.address for box in others[:25]) == found
