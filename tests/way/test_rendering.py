"""From a decision to what is written: of several tickets at once, or of none."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from gateway.desk.decision import Content, Decision, Line, Outcome, Reason, Reply, Touched
from gateway.desk.opened_here import id_at, number_at
from gateway.desk.ticket import Change, Direction, Entry, EntryKind, Event, EventKind, Ticket
from gateway.letters import Occasion
from gateway.mail.model import Mailbox
from gateway.rendering import Numbered, Rendered, render
from gateway.store.conflict import Conflict
from gateway.store.effects import queue, write_effects
from gateway.store.lookup import ticket_of
from gateway.store.schema import tickets
from lib.workbench import START, Workbench, mail

ADA = Mailbox("Ada", "ada@north.example")
JAN = Mailbox("Jan", "jan@klant.example")
KIM = Mailbox("Kim", "kim@klant.example")


def event(kind: EventKind = EventKind.CHANGED, *changes: Change) -> Event:
    """Make an event of an agent's."""
    return Event(kind, START, ADA.address, "because", changes)


def opening(requester: str) -> Event:
    """Make the event that opens a ticket."""
    status = (Change("status", "New"), Change("requester", requester), Change("language", "en"))
    return event(EventKind.OPENED, *status)


def rendered(bench: Workbench, decision: Decision, numbered: Numbered | None = None) -> Rendered:
    """Render a decision of the desk `north`."""
    about = Occasion(bench.house.desks[0], (), "")
    return render(bench.house, about, decision, numbered or Numbered(), bench.time)


def write(bench: Workbench, one: Rendered) -> None:
    """Write what was rendered."""
    with bench.house.database.writing() as connection:
        write_effects(connection, one.effects)
        queue(connection, one.outgoing)


def found(bench: Workbench) -> list[Ticket]:
    """Give all tickets."""
    with bench.house.database.reading() as connection:
        return [ticket_of(row) for row in connection.execute(select(tickets).order_by("id"))]


def open_cases(bench: Workbench) -> tuple[Ticket, Ticket]:
    """Open two cases."""
    bench.deliver(mail())
    bench.deliver(mail(author="Kim <kim@klant.example>", subject="Other", body="Else."))
    bench.work()
    first, second = found(bench)
    return first, second


def test_a_decision_touches_several_tickets_at_once(bench: Workbench) -> None:
    """Known ones and one that it opens, which others name before it has an id or a number."""
    first, second = open_cases(bench)
    adopted = event(EventKind.ADOPTED, Change("parent", str(id_at(2))))
    answer = Entry(EntryKind.ANSWER, Direction.OUT, START, ADA.address, "Soon.")
    lines = (Line("#incident", "case-opened", number_at(2)), Line("#x", "odd", "as it is"))
    decision = Decision(
        Outcome.FILED,
        Reason.COMMANDED,
        first,
        (adopted,),
        entry=answer,
        replies=(
            Reply("customer/answer", JAN, "en", automatic=False, content=Content(text="Soon.")),
            Reply("customer/answer", KIM, "en", automatic=False, content=Content(text="Soon.")),
            Reply("agent/transcript", ADA, "en", content=Content(lines=lines)),
        ),
        links=(id_at(2), second.id),
        others=(
            Touched(second, (adopted,), links=(id_at(2),)),
            Touched(None, (opening(""),), links=(id_at(0), second.id)),
        ),
    )
    numbered = Numbered()
    one = rendered(bench, decision, numbered)
    write(bench, one)

    _, _, incident = found(bench)
    assert [(incident.id, incident.number)] == numbered.opened
    assert [incident.id, incident.id, 0] == [ticket.parent for ticket in found(bench)]
    links = {(row["ticket"], row["other"], row["why"]) for row in bench.rows("links")}
    assert {
        (first.id, incident.id, "adopted"),
        (first.id, second.id, "adopted"),
        (second.id, incident.id, "adopted"),
        (incident.id, first.id, "commanded"),
        (incident.id, second.id, "commanded"),
    } == links
    told = one.decision.replies[2].content.lines
    assert [incident.number, "as it is"] == [line.value for line in told]
    (said,) = (row for row in bench.rows("entries") if row["kind"] == "answer")
    borne = {row["recipient"]: row["entry"] for row in bench.rows("outbox")[-3:]}
    assert {JAN.address: said["id"], KIM.address: said["id"], ADA.address: None} == borne
    kinds = [row["kind"] for row in bench.rows("events") if row["ticket"] == first.id]
    assert ["adopted", "answered", "answered", "notified"] == kinds[-4:]


def test_what_an_agent_says_is_one_entry_to_however_many_people(bench: Workbench) -> None:
    """Their own words, and a canned answer that they chose; a notice is an entry by itself."""
    first, _ = open_cases(bench)
    before = len(bench.rows("entries"))
    sent = [("customer/answer", False), ("customer/resolved", False), ("customer/closed", True)]
    decision = Decision(
        Outcome.FILED,
        Reason.ANSWERED,
        first,
        (event(),),
        entry=Entry(EntryKind.ANSWER, Direction.OUT, START, ADA.address, "Soon."),
        replies=tuple(
            Reply(name, to, "en", automatic=automatic)
            for name, automatic in sent
            for to in (JAN, KIM)
        ),
    )
    write(bench, rendered(bench, decision))

    said = bench.rows("entries")[before:]
    kinds = ["answer", "answer", "automatic-answer", "automatic-answer"]
    assert kinds == [row["kind"] for row in said]
    own, canned, *notices = (row["id"] for row in said)
    borne = [row["entry"] for row in bench.rows("outbox")[-6:]]
    assert [own, own, canned, canned, *notices] == borne


def test_one_stale_ticket_of_several_is_a_conflict_and_nothing_is_written(
    bench: Workbench,
) -> None:
    """Each ticket's version is checked."""
    first, second = open_cases(bench)
    stale = replace(second, version=second.version - 1)
    decision = Decision(
        Outcome.FILED, Reason.COMMANDED, first, (event(),), others=(Touched(stale, (event(),)),)
    )
    before = found(bench)

    with pytest.raises(Conflict, match="a ticket changed"):
        write(bench, rendered(bench, decision))

    assert before == found(bench)


def test_numbers_are_given_once_however_often_a_mail_is_looked_up(bench: Workbench) -> None:
    """A decision that is made again opens the same cases, the mail's own first."""
    two = Decision(
        Outcome.FILED,
        Reason.OPENED,
        None,
        (opening(JAN.address),),
        others=(Touched(None, (opening(KIM.address),)),),
    )
    numbered = Numbered()
    first, again = (rendered(bench, two, numbered) for _ in range(2))

    numbers = [[effects.ticket.number for effects in one.effects] for one in (first, again)]
    assert numbers[0] == numbers[1]
    assert 2 == len(set(numbers[0])) == len(numbered.opened)
    assert first.ticket is not None
    assert numbers[0][0] == first.ticket.number


def test_a_decision_about_no_ticket_has_mails_all_the_same(bench: Workbench) -> None:
    """They are about a held mail, or about nothing; no entry and no Message-ID of a ticket."""
    bench.deliver(mail())
    decision = Decision(
        Outcome.HELD,
        Reason.AGENT_NOT_PROVEN,
        replies=(Reply("agent/confirm", ADA, "en", held=1), Reply("agent/transcript", ADA, "en")),
    )
    one = rendered(bench, decision)
    write(bench, one)

    assert (None, ()) == (one.ticket, one.effects)
    rows = bench.rows("outbox")
    assert [(None, 1, None), (None, None, None)] == [
        (row["ticket"], row["spool"], row["entry"]) for row in rows
    ]
    assert [] == bench.rows("message_ids") == bench.rows("entries")


def test_a_link_that_is_there_says_why_it_holds_now(bench: Workbench) -> None:
    """Merged, split, and merged again."""
    first, second = open_cases(bench)
    for kind in (EventKind.MERGED, EventKind.SPLIT, EventKind.MERGED):
        (first, second) = found(bench)
        decision = Decision(
            Outcome.FILED, Reason.COMMANDED, first, (event(kind),), links=(second.id,)
        )
        write(bench, rendered(bench, decision))
        assert [kind.value] == [row["why"] for row in bench.rows("links")]


def test_a_ticket_is_touched_once(bench: Workbench) -> None:
    """Two answers to what becomes of it would be none."""
    first, _ = open_cases(bench)
    decision = Decision(
        Outcome.FILED, Reason.COMMANDED, first, (event(),), others=(Touched(first, (event(),)),)
    )
    with pytest.raises(ValueError, match="touches one ticket twice"):
        rendered(bench, decision)
