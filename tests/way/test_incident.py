"""A flood of reports of one incident: one ticket to work on, everybody answered, nothing lost."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from sqlalchemy import Connection

from gateway import intake
from gateway.config.load import load
from gateway.desk.known import Known
from gateway.house import open_house
from gateway.store.lookup import Question, look_up
from gateway.store.migrate import migrate
from lib.workbench import Workbench, mail, workbench, write_house

ADA = "ada@north.example"
GREETINGS = ("Hello,", "Dear Sir or Madam,", "Hi there,", "Good morning!", "")
REPORT = """\
since about {minute} past nine nobody here at branch {number} can sign in to the course portal.
The page stays blank after the password. We have tried other browsers and another computer.
Please look into this, our teachers are waiting.

{sign}
Customer{number}"""


def report(number: int) -> str:
    """Write one of many mails about the same thing, each a little different."""
    text = REPORT.format(
        minute=number % 10, number=number, sign=("Kind regards,", "Bye")[number % 2]
    )
    return mail(
        author=f"C{number} <c{number}@client{number % 60}.example>",
        subject=("Portal down", "Cannot sign in", f"Login {number}")[number % 3],
        message_id=f"<report-{number}@client.example>",
        body=f"{GREETINGS[number % 5]}\n\n{text}",
    )


def pour(bench: Workbench, numbers: range, over: timedelta, at_once: int = 50) -> None:
    """Let reports arrive in batches, over this time."""
    for start in range(numbers.start, numbers.stop, at_once):
        batch = range(start, min(start + at_once, numbers.stop))
        bench.deliver_all((report(n), f"c{n}@client{n % 60}.example") for n in batch)
        bench.work()
        bench.time += over * len(batch) / len(numbers)


def sent(bench: Workbench) -> Counter[str]:
    """Count the outgoing mails by template."""
    return Counter(row["template"] for row in bench.rows("outbox"))


def answer(bench: Workbench, template: str, text: str) -> None:
    """Let Ada answer the last mail of this kind that she got."""
    rows = [r for r in bench.rows("outbox") if (r["template"], r["recipient"]) == (template, ADA)]
    reply(bench, rows[-1]["content"], text)


def reply(bench: Workbench, content: bytes, text: str) -> None:
    """Let Ada answer a mail that she got."""
    notice = message_from_bytes(content)
    written = mail(
        author=f"Ada <{ADA}>",
        to=notice["Reply-To"],
        subject=f"Re: {notice['Subject']}",
        message_id="<ada-1@north.example>",
        answers=notice["Message-ID"],
        body=text,
    )
    bench.deliver(written, notice["Reply-To"], ADA)
    bench.work()


@contextmanager
def small(folder: Path, settings: str = "most = 4") -> Iterator[Workbench]:
    """Open a house whose desk calls so few an incident, on SQLite."""
    path = write_house(folder / "house", "sqlite:///casepost.db")
    with (path.parent / "desks" / "north.toml").open("a") as file:
        file.write(f"\n[incident]\n{settings}\n")
    house = open_house(load(path))
    migrate(house.database)
    try:
        yield Workbench(house)
    finally:
        house.database.close()


@pytest.mark.thorough
def test_five_hundred_reports_are_one_parent_with_children_and_one_answer(tmp_path: Path) -> None:
    """Within ten minutes, of as many senders; an agent answers once, and each gets it once."""
    with workbench(tmp_path, "sqlite:///casepost.db") as bench:
        pour(bench, range(500), timedelta(minutes=10))
        notices = sent(bench)
        answer(bench, "agent/incident", "The portal is back.")
        states, tickets, outbox = bench.states(), bench.rows("tickets"), bench.rows("outbox")

    assert ["filed"] * 501 == states
    assert Counter({0: 1, 1: 499}) == Counter(row["parent"] for row in tickets)
    # One short of an incident they are cases like any other.
    assert {"customer/acknowledge": 500, "agent/new": 49, "agent/incident": 1} == notices
    requesters = {row["id"]: row["requester"] for row in tickets}
    answers = [row for row in outbox if row["template"] == "customer/answer"]
    assert requesters == {row["ticket"]: row["recipient"] for row in answers}
    assert 500 == len(answers)
    numbers = {row["id"]: row["number"] for row in tickets}
    assert all(
        f"[{numbers[row['ticket']]}]" in str(message_from_bytes(row["content"])["Subject"])
        for row in answers
    )


def test_a_late_report_joins_as_long_as_the_incident_is_open(tmp_path: Path) -> None:
    """Long after the flood's window; and agents are not told of it again."""
    with small(tmp_path) as bench:
        pour(bench, range(4), timedelta(minutes=1))
        before = sent(bench)
        bench.time += timedelta(hours=3)
        pour(bench, range(4, 6), timedelta(minutes=1))
        parents = [row["parent"] for row in bench.rows("tickets")]
        told = sent(bench) - before

    assert [0, 1, 1, 1, 1, 1] == parents
    assert {"customer/acknowledge": 2} == told


def test_closing_the_parent_closes_all_reports_and_ends_the_incident(tmp_path: Path) -> None:
    """Each customer is told, with their own number; who writes after that is a new case."""
    with small(tmp_path) as bench:
        pour(bench, range(5), timedelta(minutes=1))
        answer(bench, "agent/incident", "#close\n\nThe portal is back.")
        phases = {row["phase"] for row in bench.rows("tickets")}
        closed = [
            r["recipient"] for r in bench.rows("outbox") if r["template"] == "customer/closed"
        ]
        pour(bench, range(5, 6), timedelta(minutes=1))
        last = bench.rows("tickets")[-1]

    assert {"closed"} == phases
    assert {f"c{number}@client{number}.example" for number in range(5)} == set(closed)
    assert (0, "open") == (last["parent"], last["phase"])


def test_what_was_meant_for_one_customer_goes_to_no_other(tmp_path: Path) -> None:
    """An agent answers the first report as the new case that it was, when it is an incident."""
    with small(tmp_path) as bench:
        pour(bench, range(1), timedelta(minutes=1))
        first = next(r for r in bench.rows("outbox") if r["template"] == "agent/new")
        pour(bench, range(1, 5), timedelta(minutes=1))
        reply(bench, first["content"], "Your new password is on its way.")
        answers = [r for r in bench.rows("outbox") if r["template"] == "customer/answer"]

    assert ["c0@client0.example"] == [row["recipient"] for row in answers]


def test_what_the_first_to_report_writes_later_is_answered_to_them_alone(tmp_path: Path) -> None:
    """Whoever copied their words to be a report of the same reads nothing that is theirs."""
    with small(tmp_path) as bench:
        pour(bench, range(5), timedelta(minutes=1))
        acknowledged = next(r for r in bench.rows("outbox") if r["recipient"].startswith("c0@"))
        more = mail(
            author="C0 <c0@client0.example>",
            answers=acknowledged["message_id"],
            message_id="<more@client0.example>",
            body="My account is 4711.",
        )
        bench.deliver(more, sender="c0@client0.example")
        bench.work()
        answer(bench, "agent/reply", "Account 4711 has a new password.")
        answers = [r for r in bench.rows("outbox") if r["template"] == "customer/answer"]

    assert ["c0@client0.example"] == [row["recipient"] for row in answers]


def test_a_customers_answer_on_a_report_is_told_as_ever(tmp_path: Path) -> None:
    """It is about their own case, and not about the incident."""
    with small(tmp_path) as bench:
        pour(bench, range(5), timedelta(minutes=1))
        acknowledged = next(r for r in bench.rows("outbox") if r["recipient"].startswith("c4@"))
        bench.deliver(
            mail(
                author="C4 <c4@client4.example>",
                answers=acknowledged["message_id"],
                message_id="<more@client4.example>",
                body="It works in the other building.",
            ),
            sender="c4@client4.example",
        )
        bench.work()
        told = [(r["template"], r["ticket"]) for r in bench.rows("outbox")][-1]

    assert ("agent/reply", 5) == told


def test_many_mails_about_many_things_are_no_incident(tmp_path: Path) -> None:
    """However many come in a minute."""
    texts = (
        "The invoice of March names the wrong company.",
        "May two teachers share one licence?",
        "Our tablets lose the network after the update to the new version.",
        "Where do backups of drawings go when the disk is full?",
        "The printer prints every second page upside down since Monday.",
        "Please remove our old colleague from the list of people who get news.",
    )
    with small(tmp_path) as bench:
        for number, text in enumerate(texts):
            author = f"c{number}@client.example"
            bench.deliver(mail(author=author, subject="Question", body=text), sender=author)
        bench.work()
        parents = {row["parent"] for row in bench.rows("tickets")}

    assert {0} == parents


def test_reports_that_come_slowly_are_no_incident(tmp_path: Path) -> None:
    """The window is the desk's."""
    with small(tmp_path, 'most = 4\nwithin = "2m"') as bench:
        pour(bench, range(6), timedelta(minutes=12), at_once=1)
        parents = {row["parent"] for row in bench.rows("tickets")}

    assert {0} == parents


def test_what_another_worker_opened_meanwhile_is_taken_in_by_the_next_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was decided on before there was an incident, so its snapshot knew of none."""
    with small(tmp_path) as bench:
        pour(bench, range(2), timedelta(minutes=1))
        for number in range(2, 5):
            bench.deliver(report(number), sender=f"c{number}@client{number}.example")
        ours, theirs = bench.claim(1), bench.claim(2)

        def overtaken(connection: Connection, questions: Sequence[Question]) -> tuple[Known, ...]:
            found = look_up(connection, questions)
            monkeypatch.undo()
            intake.take_in(bench.house, bench.load(theirs), bench.now, bench.authenticate)
            return found

        monkeypatch.setattr(intake, "look_up", overtaken)
        intake.take_in(bench.house, bench.load(ours), bench.now, bench.authenticate)
        before = Counter(row["parent"] for row in bench.rows("tickets"))
        pour(bench, range(5, 6), timedelta(minutes=1))
        after = Counter(row["parent"] for row in bench.rows("tickets"))

    assert {0: 2, 1: 3} == before
    assert {0: 1, 1: 5} == after
