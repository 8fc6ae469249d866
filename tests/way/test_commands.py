"""Commands on their real way, on a desk that holds what names somebody else's case."""

from collections.abc import Iterator
from email import message_from_bytes
from email.utils import parseaddr
from pathlib import Path

import pytest

from gateway.config.load import load
from gateway.desk.commands.usage import USAGES
from gateway.house import open_house
from gateway.mail.model import Verdict
from gateway.mail.parse import parse
from gateway.store.migrate import migrate
from lib.workbench import Workbench, mail, write_house

ADA = "ada@north.example"
EVE = "eve@elsewhere.example"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A house whose desk `north` holds claims, and has a prepared answer."""
    path = write_house(tmp_path / "house", "sqlite:///casepost.db")
    desk = path.parent / "desks" / "north.toml"
    desk.write_text(f'strangers_number = "hold"\n{desk.read_text()}')
    faq = path.parent / "templates" / "en" / "faq" / "outage"
    faq.mkdir(parents=True)
    (faq / "subject.txt").write_text("[{{ ticket.number }}] Outage\n")
    (faq / "body.txt").write_text("Everything is down.\n")
    house = open_house(load(path))
    migrate(house.database)
    try:
        yield Workbench(house)
    finally:
        house.database.close()


def say(bench: Workbench, body: str, to: str = "", subject: str = "Re: It", who: str = ADA) -> None:
    """Send a mail of an agent and take it its way."""
    text = mail(author=who, to=to or "help@north.example", subject=subject, body=body)
    bench.deliver(text, recipient=to or "help@north.example", sender=who)
    bench.work()


def sent(bench: Workbench, template: str) -> list[dict[str, object]]:
    """Give all mails of a template."""
    return [row for row in bench.rows("outbox") if row["template"] == template]


def reply_to(row: dict[str, object]) -> str:
    """Give where answers to a mail go."""
    content = row["content"]
    assert isinstance(content, bytes)
    return parseaddr(str(message_from_bytes(content)["Reply-To"]))[1]


def subject_of(row: dict[str, object]) -> str:
    """Give what a mail is about."""
    content = row["content"]
    assert isinstance(content, bytes)
    return parse(content).subject


def text_of(row: dict[str, object]) -> str:
    """Give what a mail says."""
    content = row["content"]
    assert isinstance(content, bytes)
    return parse(content).text


def open_case(bench: Workbench) -> str:
    """Open a case of Jan's; its number."""
    bench.deliver(mail(message_id="<1@klant.example>"))
    bench.work()
    return str(bench.rows("tickets")[0]["number"])


def claim_case(bench: Workbench, number: str) -> dict[str, object]:
    """Let Eve name somebody else's case; what Ada is told of it."""
    bench.verdict = Verdict.UNKNOWN
    subject = f"[{number}] me too"
    bench.deliver(mail(author=EVE, subject=subject, message_id="<e@e.example>"), sender=EVE)
    bench.work()
    (told,) = sent(bench, "agent/held")
    return told


@pytest.mark.parametrize(
    ("command", "state", "tickets", "lessons"),
    [("#admit", "filed", 2, []), ("#drop", "filed", 1, []), ("#spam", "filed", 1, [True])],
)
def test_an_agent_settles_a_held_mail(
    bench: Workbench, command: str, state: str, tickets: int, lessons: list[bool]
) -> None:
    """By the address that they were told of it with, though nobody vouches for their mail."""
    told = claim_case(bench, open_case(bench))
    assert "held" == bench.states()[1]
    say(bench, f"{command}\n\nAda", reply_to(told))

    assert (state, tickets) == (bench.states()[1], len(bench.rows("tickets")))
    assert lessons == [row["spam"] for row in bench.rows("lessons")]
    assert 1 == len(sent(bench, "agent/transcript"))
    assert all(row["recipient"] != EVE for row in sent(bench, "customer/answer"))


def test_transcripts_of_answers_to_transcripts_have_one_subject(bench: Workbench) -> None:
    """It is the case's, whatever mail programs put before it."""
    number = open_case(bench)
    told = sent(bench, "agent/new")[-1]
    subjects = ["It"]
    for _ in range(2):
        say(bench, "#nothing", reply_to(told), f"Re: {subjects[-1]}")
        say(bench, "#note\n\nIt is the cable.", reply_to(told), f"Re: {subjects[-1]}")
        told = sent(bench, "agent/transcript")[-1]
        subjects += [subject_of(one) for one in sent(bench, "agent/transcript")[-2:]]
    assert 4 == len(subjects[1:])
    assert {f"[{number}] What came of your commands: The report does not open"} == set(subjects[1:])


def test_a_held_mail_is_settled_once(bench: Workbench) -> None:
    """Whoever is later is told so."""
    told = claim_case(bench, open_case(bench))
    say(bench, "#drop", reply_to(told))
    say(bench, "#admit", reply_to(told), "Re: again")

    assert 1 == len(bench.rows("tickets"))
    assert 2 == len(sent(bench, "agent/transcript"))


def test_the_address_about_a_held_mail_lets_nobody_else_settle_it(bench: Workbench) -> None:
    """Not even with a mail that everybody vouches for."""
    told = claim_case(bench, open_case(bench))
    bench.verdict = Verdict.PASS
    say(bench, "#admit", reply_to(told), who=EVE)

    assert "held" == bench.states()[1]
    assert [] == sent(bench, "agent/transcript")


def test_spam_closes_its_case_and_is_learnt(bench: Workbench) -> None:
    """By the mail that opened it; nobody is told but the agent."""
    number = open_case(bench)
    before = len(bench.rows("outbox"))
    say(bench, "#spam\n\nAda", subject=f"[{number}]")

    (ticket,) = bench.rows("tickets")
    assert ("closed", False) == (ticket["phase"], ticket["answerable"])
    assert [(1, True)] == [(row["spool"], row["spam"]) for row in bench.rows("lessons")]
    assert ["agent/transcript"] == [row["template"] for row in bench.rows("outbox")[before:]]


def test_a_prepared_answer_is_the_agents(bench: Workbench) -> None:
    """It goes out as no automatic mail, and the case says who answered."""
    number = open_case(bench)
    say(bench, "#reply outage", subject=f"[{number}]")

    (answer,) = sent(bench, "faq/outage")
    (ticket,) = bench.rows("tickets")
    assert ("jan@klant.example", False) == (answer["recipient"], answer["automatic"])
    assert "Everything is down." in text_of(answer)
    assert ADA == ticket["answered_by"]


def test_what_an_agent_did_not_write_is_no_command(bench: Workbench) -> None:
    """Quotations, and the notification itself, ask for nothing."""
    number = open_case(bench)
    quoted = "On Monday North wrote:\n> #close\n> #spam\n\nThanks for that."
    say(bench, quoted, subject=f"[{number}]")

    assert ["open"] == [row["phase"] for row in bench.rows("tickets")]


def test_customers_have_no_commands(bench: Workbench) -> None:
    """Whatever they write is text; an agent's name on it does not help where nothing proves it."""
    number = open_case(bench)
    bench.deliver(mail(subject=f"[{number}]", body="#close\n#take"))
    bench.work()
    bench.verdict = Verdict.FAIL
    bench.deliver(mail(author=ADA, subject=f"[{number}]", body="#close"), sender=ADA)
    bench.work()

    (ticket,) = bench.rows("tickets")
    assert ("open", "") == (ticket["phase"], ticket["assignee"])
    assert ["filed", "filed", "held"] == bench.states()


def test_help_is_complete(bench: Workbench) -> None:
    """Each command stands in it as it is written."""
    say(bench, "#help")

    (told,) = sent(bench, "agent/transcript")
    assert [] == [str(usage) for usage in USAGES if str(usage) not in text_of(told)]


def test_two_agents_who_decide_at_once_are_told_what_came_of_it(bench: Workbench) -> None:
    """The mail is admitted or dropped once; the slower of them reads that it was held no more."""
    bench.verdict = Verdict.UNKNOWN
    bench.deliver(mail(author=ADA, subject="One"), sender=ADA)
    bench.work()
    (asked,) = sent(bench, "agent/confirm")
    for word in ("#admit", "#drop"):
        text = mail(author=ADA, to=reply_to(asked), subject=f"Re: {word}", body=word)
        bench.deliver(text, reply_to(asked), ADA)
    bench.work()

    first, second = (text_of(row) for row in sent(bench, "agent/transcript"))
    assert "#admit: the mail of ada@north.example is taken in" in first
    assert "#drop: the mail waits no longer" in second
    assert ["filed", "filed", "filed"] == bench.states()
    reasons = [row["reason"] for row in bench.rows("spool")[1:]]
    assert ["commanded", "commands-refused"] == reasons


def test_whoever_a_merge_brought_reads_nothing_after_its_split(bench: Workbench) -> None:
    """Also if they answered the mail that told them of the merge."""
    eve = "eve@elsewhere.example"
    bench.deliver(mail())
    bench.deliver(mail(author=eve, subject="Another matter", body="It prints blanks."), sender=eve)
    bench.work()
    (number, _) = (row["number"] for row in bench.rows("tickets"))
    told = [row for row in sent(bench, "agent/new") if row["ticket"] == 2]
    say(bench, f"#merge {number}", reply_to(told[0]))
    (merged,) = sent(bench, "customer/merged")
    bench.deliver(mail(author=eve, to=reply_to(merged), body="More."), reply_to(merged), eve)
    bench.work()
    say(bench, "#split", reply_to(told[0]), subject="Re: It was wrong")

    say(bench, "Only for Jan.", reply_to(sent(bench, "agent/reply")[0]))

    assert ["jan@klant.example"] == [row["recipient"] for row in sent(bench, "customer/answer")]
