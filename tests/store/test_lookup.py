"""What the store answers about mails, in a few queries that each go by an index."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.desk.known import Known, KnownId
from gateway.desk.person import Person
from gateway.mail.model import Clues, Issued
from gateway.store import directory
from gateway.store.lookup import Question, look_up
from gateway.store.schema import entries, spool
from lib.workbench import START, Workbench, mail

LEASE = timedelta(seconds=60)
NOTHING = Clues((), (), ())


def ask(bench: Workbench, *questions: Question) -> tuple[Known, ...]:
    """Ask the store."""
    with bench.house.database.reading() as connection:
        return look_up(connection, questions)


def question(
    clues: Clues = NOTHING,
    *,
    spool_id: int = 100,
    desk: str = "north",
    author: str = "jan@klant.example",
    fingerprint: str = "f",
    minutes: int = 0,
) -> Question:
    """Ask about a mail."""
    received = START + timedelta(minutes=minutes)
    return Question(spool_id, desk, clues, author, fingerprint, received)


def open_case(bench: Workbench, message_id: str = "<1@klant.example>", body: str = "") -> str:
    """Open a ticket; the Message-ID of its acknowledgement."""
    bench.deliver(mail(message_id=message_id, body=body))
    bench.work()
    sent = [row for row in bench.rows("outbox") if row["recipient"] == "jan@klant.example"]
    return str(sent[-1]["message_id"])


def issued(bench: Workbench, message_id: str) -> Issued:
    """Give an id of ours with the number of its mail."""
    return Issued(bench.house.message_ids.recognise(message_id) or 0, message_id)


def test_of_what_nobody_knows_nothing_is_said(bench: Workbench) -> None:
    """No clue, no author, no copy."""
    assert (Known(),) == ask(bench, question(author=""))
    clues = Clues((Issued(7, "<cp.7@x>"),), ("<other@x>",), ("NO-00017",))
    assert (Known(),) == ask(bench, question(clues))


def test_tickets_are_found_by_their_message_ids_and_numbers(bench: Workbench) -> None:
    """An issued id says whom it was given to."""
    answered = open_case(bench)
    (row,) = bench.rows("tickets")
    ticket = int(str(row["id"]))

    by_issued, by_reference, by_number = ask(
        bench,
        question(Clues((Issued(1, answered),), (), ())),
        question(Clues((), ("<1@klant.example>",), ())),
        question(Clues((), (), (str(row["number"]),))),
    )

    assert (KnownId(answered, ticket, "jan@klant.example"),) == by_issued.ids
    assert (KnownId("<1@klant.example>", ticket, ""),) == by_reference.ids
    assert () == by_number.ids
    for known in (by_issued, by_reference, by_number):
        assert [row["number"]] == [ticket.number for ticket in known.tickets]


def test_each_question_gets_only_its_own_answer(bench: Workbench) -> None:
    """What one mail of a batch names is not shown to another."""
    first, second = open_case(bench), open_case(bench, "<2@klant.example>", "Other.")

    answers = ask(
        bench,
        question(Clues((issued(bench, first),), (), ())),
        question(Clues((issued(bench, second),), (), ())),
        question(),
    )

    assert [[1], [2], []] == [[ticket.id for ticket in known.tickets] for known in answers]


def test_an_id_on_two_tickets_leads_to_both_newest_first(bench: Workbench) -> None:
    """A mailer that uses an id twice."""
    open_case(bench)
    open_case(bench, body="Other.")

    (known,) = ask(bench, question(Clues((), ("<1@klant.example>",), ())))

    assert [2, 1] == [known_id.ticket for known_id in known.ids]
    assert {1, 2} == {ticket.id for ticket in known.tickets}


def test_of_an_id_on_very_many_tickets_the_oldest_count(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever gives it to their own mails has it from the first one."""
    monkeypatch.setattr("gateway.store.lookup.threads._MOST_TICKETS", 2)
    for body in ("", "Other.", "Another."):
        open_case(bench, body=body)

    (known,) = ask(bench, question(Clues((), ("<1@klant.example>",), ())))

    assert [2, 1] == [known_id.ticket for known_id in known.ids]


def test_the_author_is_looked_up_in_the_directory(bench: Workbench) -> None:
    """By their canonical address; entering them again brings them up to date."""
    jan = Person("jan@klant.example", "Jan", "Klant", "nl")
    with bench.house.database.writing() as connection:
        directory.put(connection, [Person("jan@klant.example"), jan])

    answers = ask(bench, question(), question(author="eve@elsewhere.example"))

    assert [jan, None] == [known.person for known in answers]


def test_a_copy_is_known_on_its_desk_only(bench: Workbench) -> None:
    """And no mail is a copy of itself."""
    open_case(bench)
    found = str(bench.rows("fingerprints")[0]["fingerprint"])

    answers = ask(
        bench,
        question(fingerprint=found),
        question(fingerprint=found, desk="south"),
        question(fingerprint=found, spool_id=1),
    )

    assert [1, None, None] == [known.duplicate_of for known in answers]


@pytest.mark.parametrize(("minutes", "original"), [(9, 1), (10, None)])
def test_a_copy_without_id_and_date_is_known_for_ten_minutes(
    bench: Workbench, minutes: int, original: int | None
) -> None:
    """From when the first was received to when the second was."""
    bench.deliver(mail())
    bench.work()
    found = str(bench.rows("fingerprints")[0]["fingerprint"])

    (known,) = ask(bench, question(fingerprint=found, minutes=minutes))

    assert original == known.duplicate_of


def test_a_mail_waits_for_an_earlier_one_that_it_answers(bench: Workbench) -> None:
    """The earliest; never for a later one, so that no two wait for each other."""
    for body in ("One.", "Two."):
        bench.deliver(mail(message_id="<1@klant.example>", body=body))
    clues = Clues((), ("<1@klant.example>",), ())

    answers = ask(bench, question(clues), question(clues, spool_id=2), question(clues, spool_id=1))

    assert [1, 1, None] == [known.waits_for for known in answers]


def test_nobody_waits_for_what_is_filed(bench: Workbench) -> None:
    """It is on its ticket."""
    open_case(bench)

    (known,) = ask(bench, question(Clues((), ("<1@klant.example>",), ())))

    assert known.waits_for is None


def test_a_look_up_waits_for_no_writer(bench: Workbench) -> None:
    """Not even while the whole spool is being written."""
    open_case(bench)
    with bench.house.database.writing() as writer:
        writer.execute(spool.update().values(reason="being written"))
        assert 1 == len(ask(bench, question(Clues((), ("<1@klant.example>",), ()))))


@pytest.mark.thorough
def test_very_many_ids_are_no_outage(bench: Workbench) -> None:
    """A whole batch of mails that each name as many as we read."""
    open_case(bench)
    ids = [f"<{number}@klant.example>" for number in range(50_000)]
    questions = [
        question(Clues((), tuple(ids[start : start + 100]), ())) for start in range(0, 50_000, 100)
    ]

    answers = ask(bench, *questions)

    assert 1 == sum(len(known.tickets) for known in answers)


def test_what_was_sent_on_a_named_ticket_is_known_newest_first(bench: Workbench) -> None:
    """At most three texts, each bounded, whatever clue named the ticket."""
    answered = open_case(bench)
    with bench.house.database.writing() as connection:
        for number in range(4):
            connection.execute(
                entries.insert().values(
                    id=100 + number,
                    ticket=1,
                    at=START,
                    kind="answer",
                    direction="out",
                    author="help@north.example",
                    text=f"Answer {number}" + 30_000 * ".",
                    folds=[],
                    attachments=[],
                    automatic=False,
                    internal=False,
                )
            )

    by_id, by_number, nothing = ask(
        bench,
        question(Clues((Issued(1, answered),), (), ())),
        question(Clues((), (), (str(bench.rows("tickets")[0]["number"]),))),
        question(),
    )

    assert ["Answer 3", "Answer 2", "Answer 1"] == [text[:8] for text in by_id.sent]
    assert {20_000} == {len(text) for text in by_id.sent}
    assert by_id.sent == by_number.sent
    assert () == nothing.sent


def test_whoever_wrote_what_is_forwarded_is_looked_up(bench: Workbench) -> None:
    """Beside the author."""
    kim = Person("kim@klant.example", "Kim")
    with bench.house.database.writing() as connection:
        directory.put(connection, [kim])

    (known,) = ask(bench, replace(question(), original=kim.address))

    assert (None, kim) == (known.person, known.original)
