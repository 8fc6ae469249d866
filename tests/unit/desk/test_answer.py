"""What an agent's mail on a ticket leads to."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.config.desk import Agent, Lifecycle, Phase
from gateway.desk.case import Case
from gateway.desk.choice import Choice, Trust
from gateway.desk.decide import decide
from gateway.desk.decision import Outcome, Reason
from gateway.desk.hear import hear
from gateway.desk.known import Addressed, Known, ReplyRole, Role, Sender, SentMail
from gateway.desk.lifecycle import fold
from gateway.desk.person import Person
from gateway.desk.ticket import Direction, EntryKind, EventKind
from gateway.mail.model import Attachment, Disposition
from lib.desks import ADA, CASE, DESK, JAN, MAIL, NOW, TICKET

BEN = "ben@north.example"
PIET = "piet@klant.example"
TWO = replace(
    DESK,
    agent=(*DESK.agent, Agent(BEN, "Ben")),
    lifecycle=replace(DESK.lifecycle, after_agent={"New": "Answered"}, close="Done"),
)
SENDER = Sender(Role.AGENT, ADA, "Ada", authentic=True, why="", proven=True)
TOLD = SentMail(5, TICKET.id, 0, ADA, NOW - timedelta(hours=1), "agent/new")
SHOT = Attachment(1, "shot.png", "image/png", 10)
LOGO = replace(SHOT, disposition=Disposition.INLINE)
ENCLOSED = Attachment(2, "mail.eml", "message/rfc822", 100)
PACKED = Attachment(3, "WinMail.dat", "application/octet-stream", 100)


def wrote(text: str, **changes: object) -> Case:
    """Give the case of a mail that Ada wrote on the ticket, in answer to what we told her."""
    case = Case(
        mail=replace(MAIL, text=text),
        kind=CASE.kind,
        known=Known(tickets=(TICKET,), replied=(TOLD,)),
        sender=SENDER,
        choice=Choice(TICKET, Trust.REPLY_ADDRESS),
        desk=TWO,
        received_at=NOW,
        addressed=(Addressed(ReplyRole.AGENT, TOLD),),
        spool=7,
    )
    return hear(replace(case, **changes))  # type: ignore[arg-type]  # fields of a case


def test_an_answer_goes_to_all_who_take_part_each_by_themselves() -> None:
    """It is not automatic, one entry, and moves the ticket as the desk says."""
    decision = decide(wrote("Press F5.\n\n-- \nAda, ada@north.example\n"), NOW)

    assert Reason.ANSWERED is decision.reason
    assert [JAN, PIET] == [reply.to.address for reply in decision.replies]
    assert all(not reply.automatic for reply in decision.replies)
    assert {"Press F5."} == {reply.content.text for reply in decision.replies}
    entry = decision.entry
    assert entry is not None
    assert (EntryKind.ANSWER, Direction.OUT, ADA, "Press F5.", False) == (
        entry.kind,
        entry.direction,
        entry.author,
        entry.text,
        entry.internal,
    )
    after = fold(TICKET, decision.events)
    assert ("Answered", ADA, NOW) == (after.status, after.answered_by, after.answered_at)


def test_people_are_written_to_in_their_language_by_their_name() -> None:
    """Who is not in the directory, in the ticket's."""
    people = (Person(JAN, "Jan Jansen", language="nl"),)
    case = wrote("Press F5.", known=Known(replied=(TOLD,), people=people))

    jan, piet = decide(case, NOW).replies

    assert ("Jan Jansen", "nl") == (jan.to.name, jan.language)
    assert ("", "en") == (piet.to.name, piet.language)


def test_a_note_goes_to_nobody_and_moves_nothing() -> None:
    """The agent gets its transcript."""
    decision = decide(wrote("#note\nThey have not paid."), NOW)

    assert Reason.NOTED is decision.reason
    assert ["agent/transcript"] == [reply.template for reply in decision.replies]
    entry = decision.entry
    assert entry is not None
    assert (EntryKind.NOTE, "They have not paid.", True) == (entry.kind, entry.text, entry.internal)
    after = fold(TICKET, decision.events)
    assert replace(TICKET, version=after.version) == after


def test_a_status_that_commands_ask_for_is_the_one_that_remains() -> None:
    """The answer goes out as well, and then the notice."""
    decision = decide(wrote("#close\nPress F5."), NOW)

    after = fold(TICKET, decision.events)
    assert ("Done", Phase.CLOSED, ADA) == (after.status, after.phase, after.answered_by)
    assert [
        "customer/answer",
        "customer/answer",
        "customer/closed",
        "customer/closed",
        "agent/transcript",
    ] == [reply.template for reply in decision.replies]
    (transcript,) = (reply for reply in decision.replies if reply.to_agent)
    assert f"{JAN}, {PIET}" == transcript.content.lines[-1].value


@pytest.mark.parametrize(
    "text",
    ["", "-- \nAda", "#frobnicate\nPress F5.", "#status nowhere\nPress F5.", "> It stays white."],
)
def test_what_is_wrong_or_says_nothing_leads_to_help_and_nothing_else(text: str) -> None:
    """No customer gets anything, and nothing of the ticket changes but its version."""
    decision = decide(wrote(text), NOW)

    assert Reason.COMMANDS_REFUSED is decision.reason
    assert [("agent/transcript", ADA)] == [(r.template, r.to.address) for r in decision.replies]
    assert decision.entry is None
    after = fold(TICKET, decision.events)
    assert replace(TICKET, version=after.version) == after


def test_the_name_below_commands_is_no_answer() -> None:
    """Programs sign by themselves."""
    decision = decide(wrote("#take\n\nAda"), NOW)

    assert Reason.COMMANDED is decision.reason
    assert ADA == fold(TICKET, decision.events).assignee
    assert ["agent/transcript"] == [reply.template for reply in decision.replies]


def test_what_cannot_be_told_from_what_we_told_the_agent_is_not_sent() -> None:
    """Though some of it may be new: a customer must not read what is not meant for them."""
    told = "This is a long line that we told the agent.\nIt is internal, and has many words too.\n"
    first, second = told.splitlines()
    text = f"{first}\nSo press F5.\n{second}\n"
    case = wrote(text, known=Known(replied=(TOLD,), told=(told,)))

    decision = decide(case, NOW)

    assert Reason.COMMANDS_REFUSED is decision.reason
    assert ["unclear"] == [line.outcome for line in decision.replies[0].content.lines]


def test_what_is_to_stay_among_agents_is_not_sent() -> None:
    """An agent who greets first and writes `#note` below meant no customer."""
    decision = decide(wrote("Hello,\n\n#note\nHe is annoying."), NOW)

    assert (Reason.COMMANDS_REFUSED, None) == (decision.reason, decision.entry)
    assert ["agent/transcript"] == [reply.template for reply in decision.replies]
    assert ["below-text"] == [line.outcome for line in decision.replies[0].content.lines]


@pytest.mark.parametrize(
    ("text", "admitted_by", "outcome"),
    [
        ("Press F5.", "", Outcome.HELD),
        ("Press F5.", ADA, Outcome.FILED),
        ("#note\nPress F5.", "", Outcome.FILED),
    ],
)
def test_one_answer_too_many_waits(text: str, admitted_by: str, outcome: Outcome) -> None:
    """A machine may have written it, and its agent is asked; a note goes to nobody."""
    case = wrote(text, known=Known(answered=frozenset({JAN})))

    decision = decide(replace(case, admitted_by=admitted_by), NOW)

    assert outcome is decision.outcome
    held = [(r.template, r.content.reason) for r in decision.replies if outcome is Outcome.HELD]
    assert held == ([("agent/confirm", "too-many-answers")] if held else [])


@pytest.mark.parametrize(
    ("answered_by", "later", "outcome"),
    [
        (BEN, timedelta(minutes=1), Outcome.HELD),
        (BEN, timedelta(minutes=-1), Outcome.FILED),
        (ADA, timedelta(minutes=1), Outcome.FILED),
    ],
)
def test_an_answer_waits_if_anothers_went_out_after_the_agent_was_told(
    answered_by: str, later: timedelta, outcome: Outcome
) -> None:
    """They see that one first; a note needs not wait, nor what they admitted."""
    ticket = replace(TICKET, answered_by=answered_by, answered_at=TOLD.queued_at + later)
    changes = {
        "choice": Choice(ticket, Trust.REPLY_ADDRESS),
        "known": Known(tickets=(ticket,), replied=(TOLD,), answers=((ticket.id, "Press F6."),)),
    }

    decision = decide(wrote("Press F5.", **changes), NOW)

    assert outcome is decision.outcome
    if outcome is Outcome.HELD:
        (asked,) = decision.replies
        assert ("agent/confirm", ADA, "Press F6.", 7) == (
            asked.template,
            asked.to.address,
            asked.content.text,
            asked.held,
        )
    assert Reason.NOTED is decide(wrote("#note\nHm.", **changes), NOW).reason
    assert Reason.ANSWERED is decide(wrote("Press F5.", **changes, admitted_by=ADA), NOW).reason


@pytest.mark.parametrize(
    ("text", "attachments", "sent"),
    [
        ("See there.", (SHOT, LOGO, ENCLOSED, PACKED), (SHOT, LOGO)),
        ("", (SHOT,), (SHOT,)),
        ("#close", (LOGO,), None),
        ("#note\nSee there.", (SHOT,), None),
    ],
)
def test_attachments_go_with_an_answer(
    text: str, attachments: tuple[Attachment, ...], sent: tuple[Attachment, ...] | None
) -> None:
    """But no mail, which may be ours to the agent, and no picture of a signature alone."""
    case = wrote("")
    case = hear(replace(case, mail=replace(MAIL, text=text, attachments=attachments)))

    answers = [r for r in decide(case, NOW).replies if r.template == "customer/answer"]

    assert ([sent] * 2 if sent is not None else []) == [r.content.attachments for r in answers]


def test_the_agents_address_goes_out_in_no_way() -> None:
    """Nor the one that was signed for them; to agents it may be said."""
    token = "help+a1-5-" + 26 * "x" + "@north.example"
    text = f"Write to Ada@North.Example or {token}, not to ada2@north.example."

    answer = decide(wrote(text), NOW).replies[0].content.text
    note = decide(wrote(f"#note\n{text}"), NOW).entry

    ours = "help@north.example"
    assert f"Write to {ours} or {ours}, not to ada2@north.example." == answer
    assert note is not None
    assert text == note.text


def test_an_answer_about_no_case_is_not_dropped_silently() -> None:
    """It came to an address of ours that is about none."""
    about_none = Addressed(ReplyRole.AGENT, replace(TOLD, ticket=0))
    case = wrote("Press F5.", choice=Choice(None, None), addressed=(about_none,))

    decision = decide(case, NOW)

    assert Reason.COMMANDS_REFUSED is decision.reason
    assert "needs-case" == decision.replies[0].content.lines[0].outcome
    assert "Press F5." == decision.replies[0].content.text


def test_nobody_to_answer_is_said() -> None:
    """The one who wrote could not be identified."""
    ticket = replace(TICKET, requester="", participants=())
    decision = decide(wrote("Press F5.", choice=Choice(ticket, Trust.REPLY_ADDRESS)), NOW)

    assert Reason.COMMANDS_REFUSED is decision.reason
    assert "nobody-to-send-to" == decision.replies[0].content.lines[0].outcome


def test_an_incident_is_answered_to_all_its_reports() -> None:
    """On the number of each; closed ones, and other incidents' reports, are left alone."""
    child = replace(TICKET, id=2, number="NO-00021", requester="kim@klant.example", parent=1)
    child = replace(child, participants=())
    closed = replace(child, id=3, phase=Phase.CLOSED, status="Done")
    other = replace(child, id=4, parent=9)
    known = Known(tickets=(TICKET,), children=(child, closed, other))
    told = replace(known, replied=(replace(TOLD, template="agent/incident"),))

    decision = decide(wrote("#close\nPress F5.", known=told), NOW)

    (touched,) = decision.others
    assert touched.ticket is child
    assert ["customer/answer", "customer/closed"] == [r.template for r in touched.replies]
    assert {"kim@klant.example"} == {r.to.address for r in touched.replies}
    assert touched.entry is not None
    assert "Done" == fold(child, touched.events).status
    unaware = replace(known, replied=(TOLD,))
    assert () == decide(wrote("#close\nPress F5.", known=unaware), NOW).others


def test_a_forward_onto_a_ticket_is_kept_for_agents() -> None:
    """It is no answer, whatever stands above it."""
    decision = decide(wrote("FYI\n\n> It stays white.", forwards=True), NOW)

    assert (Reason.NOTED, ()) == (decision.reason, decision.replies)
    assert decision.entry is not None
    assert "FYI\n\n> It stays white." == decision.entry.text


def test_colleagues_ask_for_support_too() -> None:
    """On a ticket of their own they are customers, unless they command or answer as agents."""
    ticket = replace(TICKET, requester=ADA, participants=())
    asking = {"choice": Choice(ticket, Trust.ISSUED_ID), "addressed": ()}

    assert Reason.APPENDED is decide(wrote("It is still white.", **asking), NOW).reason
    assert Reason.COMMANDED is decide(wrote("#close", **asking), NOW).reason
    new = wrote("Mine stays white.", choice=Choice(None, None), addressed=())
    assert Reason.OPENED is decide(new, NOW).reason


def test_a_case_begun_by_an_agent_is_told_to_the_others() -> None:
    """Its customer gets the text as an answer."""
    text = "#new kim@klant.example\nYour licence ends soon."
    decision = decide(wrote(text, choice=Choice(None, None), addressed=()), NOW)

    assert Reason.OPENED_BY_AGENT is decision.reason
    assert decision.ticket is None
    assert EventKind.OPENED is decision.events[0].kind
    assert [
        ("customer/answer", "kim@klant.example"),
        ("agent/new", BEN),
        ("agent/transcript", ADA),
    ] == [(reply.template, reply.to.address) for reply in decision.replies]


def test_commands_about_no_case_lead_to_help() -> None:
    """But for those that need none."""
    nothing = {"choice": Choice(None, None), "addressed": ()}

    refused = decide(wrote("#close", **nothing), NOW)
    away = decide(wrote("#away 7d", **nothing), NOW)

    assert (Reason.COMMANDS_REFUSED, ()) == (refused.reason, refused.events)
    assert Reason.COMMANDED is away.reason
    assert 1 == len(away.consequences)


def test_an_agents_mail_from_before_our_time_does_nothing() -> None:
    """It lay in the mailbox, and was answered long ago."""
    decision = decide(wrote("#close\nPress F5.", quiet=True), NOW)

    assert (Reason.APPENDED_INTERNALLY, ()) == (decision.reason, decision.replies)
    assert TWO.lifecycle != Lifecycle(start="New", reopened="Again")
