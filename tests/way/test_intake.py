"""A mail's way, with its effects in the store: one mail, one effect."""

import dataclasses
import time
from datetime import timedelta
from typing import Any

import pytest

from gateway.desk.lifecycle import blank, fold
from gateway.desk.needs import NO_NEEDS
from gateway.desk.route import Routes
from gateway.desk.ticket import Change, Event, EventKind
from gateway.mail.model import Verdict
from gateway.mail.parse import parse
from gateway.store.archive import whole
from gateway.store.numbers import Numbers
from gateway.store.schema import counters
from lib.workbench import Workbench, mail

STRANGER = "eve@elsewhere.example"


def acknowledgement(bench: Workbench, index: int = 0) -> dict[str, Any]:
    """Give an outgoing mail's row."""
    return bench.to_customers()[index]


def numbers(bench: Workbench) -> list[object]:
    """Give all case numbers."""
    return [row["number"] for row in bench.rows("tickets")]


def test_a_new_mail_opens_a_ticket_and_is_acknowledged(bench: Workbench) -> None:
    """The ticket has the desk's first status, and its number stands in the answer's subject."""
    bench.deliver(mail(message_id="<1@klant.example>"))

    bench.work()

    (ticket,) = bench.rows("tickets")
    assert ("north", "New", "open", "jan@klant.example", "en") == (
        ticket["desk"],
        ticket["status"],
        ticket["phase"],
        ticket["requester"],
        ticket["language"],
    )
    answer = parse(bytes(acknowledgement(bench)["content"]))
    assert answer.subject.startswith(f"[{ticket['number']}] The report does not open")
    assert answer.in_reply_to == ("<1@klant.example>",)
    assert "auto-replied" == answer.header("auto-submitted")
    assert "" == acknowledgement(bench)["reverse_path"]


def test_a_ticket_is_what_its_events_fold_to(bench: Workbench) -> None:
    """State and journal say the same, after an opening, an answer, and another mail."""
    bench.deliver(mail(message_id="<1@klant.example>"))
    bench.work()
    bench.time += timedelta(hours=1)
    bench.deliver(mail(answers="<1@klant.example>", body="Any news?"))
    bench.work()

    with bench.house.database.reading() as connection:
        found = whole(connection, str(numbers(bench)[0]))

    assert found is not None
    ticket = found.ticket
    start = blank(ticket.id, ticket.number, ticket.desk, ticket.opened_at)
    assert ticket == fold(start, found.events)
    assert "New" == ticket.status


def test_the_answer_to_an_acknowledgement_is_an_entry_on_the_ticket(bench: Workbench) -> None:
    """Our own Message-ID, given to this sender, is enough where nobody vouches for the mail."""
    bench.verdict = Verdict.UNKNOWN
    bench.deliver(mail())
    bench.work()
    bench.deliver(mail(answers=str(acknowledgement(bench)["message_id"]), body="And now this."))

    bench.work()

    assert 1 == len(numbers(bench))
    texts = [row["text"] for row in bench.rows("entries") if row["direction"] == "in"]
    assert ["It stays white.", "And now this."] == texts
    assert 1 == len(bench.to_customers())


def test_a_stranger_with_our_message_id_opens_a_linked_ticket(bench: Workbench) -> None:
    """An id given to somebody else lets nobody in; an agent can see what was claimed."""
    bench.deliver(mail())
    bench.work()
    answers = str(acknowledgement(bench)["message_id"])
    bench.deliver(mail(author=STRANGER, answers=answers, body="Let me in."), sender=STRANGER)

    bench.work()

    first, second = bench.rows("tickets")
    assert STRANGER == second["requester"]
    assert [(second["id"], first["id"])] == [(r["ticket"], r["other"]) for r in bench.rows("links")]
    assert "jan@klant.example" not in str(bytes(acknowledgement(bench, 1)["content"]))


def test_a_forged_message_id_is_no_clue(bench: Workbench) -> None:
    """An id with a wrong MAC is not taken for one of ours."""
    bench.deliver(mail())
    bench.work()
    real = str(acknowledgement(bench)["message_id"])
    forged = real.replace(real.split(".")[2][:4], "aaaa", 1)
    bench.verdict = Verdict.UNKNOWN
    bench.deliver(mail(answers=forged, body="Let me in."))

    bench.work()

    assert 2 == len(numbers(bench))


@pytest.mark.parametrize(
    ("author", "verdict", "tickets"),
    [
        ("jan@klant.example", Verdict.PASS, 1),
        ("jan@klant.example", Verdict.UNKNOWN, 2),
        ("jan@klant.example", Verdict.FAIL, 2),
        (STRANGER, Verdict.PASS, 2),
    ],
)
def test_a_case_number_counts_only_in_an_authentic_mail_of_a_participant(
    bench: Workbench, author: str, verdict: Verdict, tickets: int
) -> None:
    """A number can be guessed and a From line forged, so neither is enough."""
    bench.deliver(mail())
    bench.work()
    bench.verdict = verdict
    bench.deliver(mail(author=author, subject=f"about {numbers(bench)[0]}", body="Hm."))

    bench.work()

    assert tickets == len(numbers(bench))


def test_an_unknown_sender_gets_an_answer_without_their_own_words(bench: Workbench) -> None:
    """Whoever forges an address can't send text of their own through us."""
    bench.verdict = Verdict.UNKNOWN
    bench.deliver(mail(author="Buy Gold <jan@klant.example>", subject="Buy gold now"))

    bench.work()

    content = bytes(acknowledgement(bench)["content"])
    assert b"gold" not in content.lower()


@pytest.mark.parametrize(
    "again",
    [
        {"recipient": "urgent@north.example"},
        {"sender": "bounces@klant.example"},
        {"recipient": "HELP+tag@North.Example"},
    ],
)
def test_the_same_mail_by_another_way_is_one_entry(bench: Workbench, again: dict[str, Any]) -> None:
    """Two addresses of one desk, two envelopes: one ticket, one entry, one acknowledgement."""
    text = mail(message_id="<1@klant.example>")
    first = bench.deliver(text)
    second = bench.deliver(text, **again)

    bench.work()

    assert first.spool_id != second.spool_id
    assert ["filed", "duplicate"] == bench.states()
    assert first.spool_id == bench.rows("spool")[1]["duplicate_of"]
    assert 1 == len(bench.to_customers())


def test_the_very_same_delivery_is_known_by_its_id(bench: Workbench) -> None:
    """A client that lost our 250 sends again and hears the same id."""
    first = bench.deliver(mail())
    second = bench.deliver(mail())

    assert (first.spool_id, True) == (second.spool_id, second.repeated)


def test_one_mail_to_two_desks_is_a_ticket_on_each(bench: Workbench) -> None:
    """Desks are organisations of their own."""
    text = mail(message_id="<1@klant.example>")
    bench.deliver(text)
    bench.deliver(text, "help@south.example")

    bench.work()

    assert ["north", "south"] == sorted(str(row["desk"]) for row in bench.rows("tickets"))


def test_an_equal_message_id_with_other_content_is_no_duplicate(bench: Workbench) -> None:
    """A broken mailer that uses an id twice loses no mail."""
    bench.deliver(mail(message_id="<1@klant.example>"))
    bench.deliver(mail(message_id="<1@klant.example>", body="Something else entirely."))

    bench.work()

    assert ["filed", "filed"] == bench.states()


@pytest.mark.parametrize(
    ("minutes", "expected"), [(9, ["filed", "duplicate"]), (11, ["filed", "filed"])]
)
def test_without_id_and_date_the_same_words_count_as_one_mail_for_ten_minutes(
    bench: Workbench, minutes: int, expected: list[str]
) -> None:
    """Later, somebody says the same thing again."""
    bench.deliver(mail(), sender="a@klant.example")
    bench.work()
    bench.time += timedelta(minutes=minutes)
    bench.deliver(mail(), sender="b@klant.example")

    bench.work()

    assert expected == bench.states()


def test_a_mail_waits_for_the_one_it_answers(bench: Workbench) -> None:
    """The question is in another worker's hands; its answer joins it once it is filed."""
    bench.deliver(mail(message_id="<1@klant.example>"))
    question = bench.claim(limit=1)
    bench.deliver(mail(answers="<1@klant.example>", body="One more thing."))

    bench.work()
    assert ["waiting", "waiting"] == bench.states()

    from gateway import intake  # noqa: PLC0415  the other worker

    intake.take_in(bench.house, bench.load(question), bench.now, bench.authenticate)
    bench.time += timedelta(seconds=2)
    bench.work()
    assert ["filed", "filed"] == bench.states()
    assert 1 == len(numbers(bench))


def test_mails_of_one_batch_that_belong_together_join(bench: Workbench) -> None:
    """A mail, its copy, and two answers to it, all claimed at once."""
    bench.deliver(mail(message_id="<1@klant.example>"))
    bench.deliver(mail(message_id="<1@klant.example>"), "urgent@north.example")
    bench.deliver(mail(answers="<1@klant.example>", body="Two."))
    bench.deliver(mail(answers="<1@klant.example>", body="Three."))

    bench.work()

    assert ["filed", "duplicate", "filed", "filed"] == bench.states()
    assert 1 == len(numbers(bench))
    assert [1, 2, 3, 4] == [row["version"] for row in bench.rows("events")][:4]


@pytest.mark.parametrize(
    "headers",
    ["Auto-Submitted: auto-replied", "Precedence: bulk", "List-Id: <news.klant.example>"],
)
def test_a_machines_mail_is_filed_silently(bench: Workbench, headers: str) -> None:
    """It opens a ticket, since nothing may be lost, and is never answered."""
    bench.deliver(mail(headers=headers))

    bench.work()

    assert ["filed"] == bench.states()
    assert [] == bench.to_customers()


def test_an_absence_notice_moves_nothing(bench: Workbench) -> None:
    """It is kept on the ticket that it answers; status and answers stay as they were."""
    bench.deliver(mail())
    bench.work()
    answers = str(acknowledgement(bench)["message_id"])
    notice = mail(
        subject="Out of office", answers=answers, headers="Auto-Submitted: auto-replied (vacation)"
    )
    bench.deliver(notice, sender="")

    bench.work()

    (ticket,) = bench.rows("tickets")
    assert "New" == ticket["status"]
    assert 1 == len(bench.to_customers())
    assert [True] == [r["internal"] for r in bench.rows("entries") if r["kind"] == "automatic-in"]


def test_a_quiet_mail_is_filed_and_not_answered(bench: Workbench) -> None:
    """Mail that lay in a mailbox before we came gets no acknowledgement."""
    bench.deliver(mail(), quiet=True)

    bench.work()

    assert 1 == len(numbers(bench))
    assert [] == bench.to_customers()


def test_an_agents_mail_that_nobody_proved_is_held(bench: Workbench) -> None:
    """A From line alone lets nobody act as an agent."""
    bench.verdict = Verdict.UNKNOWN
    bench.deliver(mail(author="Ada <ada@north.example>"), sender="ada@north.example")

    bench.work()

    assert ["held"] == bench.states()
    assert [] == bench.to_customers()
    assert ["agent/confirm"] == [row["template"] for row in bench.rows("outbox")]


def test_mail_in_our_own_name_opens_a_ticket_and_is_never_answered(bench: Workbench) -> None:
    """A web form that writes as the desk has a person behind it; we answer nobody in our name."""
    bench.deliver(mail(author="help@south.example"), sender="help@south.example")

    bench.work()

    assert ["own-mail"] == [row["reason"] for row in bench.rows("spool")]
    assert 1 == len(numbers(bench))
    assert [] == bench.to_customers()


def test_our_own_mail_that_comes_back_goes_on_no_new_ticket(bench: Workbench) -> None:
    """It bears our Message-ID; a desk that writes to itself would go on for ever."""
    bench.deliver(mail())
    bench.work()
    ours = bench.to_customers()[0]["message_id"]
    bench.deliver(mail(author="help@north.example", message_id=ours), sender="")

    bench.work()

    assert ["opened", "own-mail"] == [row["reason"] for row in bench.rows("spool")]
    assert 1 == len(numbers(bench))


def test_a_case_number_that_is_taken_costs_only_another_number(bench: Workbench) -> None:
    """An earlier configuration gave the same numbers; the mail is filed all the same."""
    bench.deliver(mail())
    bench.work()
    with bench.house.database.writing() as connection:
        connection.execute(counters.update().values(next=1).where(counters.c.name.like("case:%")))
    bench.house = dataclasses.replace(
        bench.house, numbers=Numbers(bench.house.database, time.monotonic)
    )
    bench.deliver(mail(body="Something else."))

    bench.work()

    assert ["filed", "filed"] == bench.states()
    assert 2 == len(set(numbers(bench)))
    assert [1, 1] == [row["attempts"] for row in bench.rows("spool")]


def test_a_desk_that_is_renamed_goes_on_counting(bench: Workbench) -> None:
    """Case numbers belong to their pattern."""
    bench.deliver(mail())
    bench.work()
    desk = dataclasses.replace(bench.house.desks[0], name="renamed")
    bench.house = dataclasses.replace(
        bench.house,
        desks=(desk,),
        routes=Routes((desk,)),
        patterns={"renamed": bench.house.patterns["north"]},
        canned={"renamed": ()},
        needs={"renamed": NO_NEEDS},
    )
    bench.deliver(mail(body="Something else."))

    bench.work()

    assert ["filed", "filed"] == bench.states()
    assert 2 == len(set(numbers(bench)))


def test_many_copies_in_one_batch_are_known_at_once(bench: Workbench) -> None:
    """One is filed; the others are its duplicates after one more look."""
    for number in range(40):
        bench.deliver(mail(), f"help+{number}@north.example")

    bench.work()

    assert ["filed"] + 39 * ["duplicate"] == bench.states()


def test_a_mail_for_a_desk_that_is_gone_is_set_aside(bench: Workbench) -> None:
    """The configuration changed after we took the mail; a person can bring it back."""
    bench.deliver(mail(), "help@west.example")

    bench.work()

    assert ["failed"] == bench.states()


def test_a_closed_ticket_opens_again_when_its_customer_writes(bench: Workbench) -> None:
    """A reply reopens, at any time."""
    bench.deliver(mail())
    bench.work()
    close(bench)
    bench.deliver(mail(answers=str(acknowledgement(bench)["message_id"]), body="Not solved."))

    bench.work()

    (ticket,) = bench.rows("tickets")
    assert ("Again", "open") == (ticket["status"], ticket["phase"])
    assert "reopened" == bench.rows("spool")[-1]["reason"]


def close(bench: Workbench) -> None:
    """Close the only ticket by an event, as a later way of the house will."""
    from gateway.store.schema import events, tickets  # noqa: PLC0415

    changes = (Change("status", "Done"), Change("phase", "closed"))
    event = Event(EventKind.STATUS_CHANGED, bench.time, "test", "closed", changes)
    (row,) = bench.rows("tickets")
    with bench.house.database.writing() as connection:
        connection.execute(
            tickets.update().values(status="Done", phase="closed", version=row["version"] + 1)
        )
        connection.execute(
            events.insert().values(
                ticket=row["id"],
                version=row["version"] + 1,
                at=event.at,
                kind=event.kind.value,
                actor=event.actor,
                why=event.why,
                changes=[[change.field, change.value] for change in changes],
            )
        )


def test_the_third_attempt_files_a_mail_unread(bench: Workbench) -> None:
    """A mail that ends its worker again and again becomes a ticket with the original attached."""
    bench.deliver(mail())
    for _ in range(2):
        (claim,) = bench.claim()
        with bench.house.database.writing() as connection:
            from gateway.store import claims  # noqa: PLC0415

            claims.charge(connection, claim, bench.time)

    bench.work()

    assert ["filed"] == bench.states()
    assert "unreadable" == bench.rows("spool")[0]["reason"]
    (entry,) = bench.rows("entries")
    assert ["message.eml"] == [attachment["name"] for attachment in entry["attachments"]]
    assert [] == bench.to_customers()
