"""Whoever answers the notice that asks with a digit has rated, and whoever writes more has not."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.backtest import Backtest, Window
from gateway.mail.model import Verdict
from gateway.mail.parse import parse
from lib.rating import ADA, JAN, asked, link, notices, rate, say, with_policy
from lib.workbench import START, Workbench

EVE = "eve@klant.example"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A house with a case that is closed, and whose customer is asked."""
    with asked(tmp_path, 'notify = ["managers"]') as opened:
        yield opened


def answer(
    bench: Workbench, body: str, *, sender: str = JAN, to_notice: bool = True, more: str = ""
) -> None:
    """Answer the last notice, by its reply address and its Message-ID, or by the number alone."""
    bench.time += timedelta(minutes=1)
    notice = parse(bytes(notices(bench)[-1]["content"]))
    number = bench.rows("tickets")[0]["number"]
    to = parse_address(notice.header("reply-to")) if to_notice else "help@north.example"
    thread = f"In-Reply-To: {notice.message_id}\n" if to_notice else ""
    own = f"<{len(bench.rows('spool'))}@answers.example>"
    head = f"From: {sender}\nTo: {to}\nSubject: Re: [{number}] It\nMessage-ID: {own}\n"
    bench.deliver(f"{head}{thread}{more}\n{body}\n", to, sender)
    bench.work()


def parse_address(field: str) -> str:
    """Give the bare address of a field."""
    return field.rpartition("<")[2].strip(" >")


def rated(bench: Workbench) -> list[tuple[int | None, str]]:
    """Give stars and comment of each request."""
    return [(row["stars"], row["comment"]) for row in bench.rows("feedback")]


def state(bench: Workbench) -> tuple[str, str]:
    """Give what became of the last mail, and the status of the case."""
    return bench.rows("spool")[-1]["reason"], bench.rows("tickets")[0]["status"]


def sent_since(bench: Workbench, before: int) -> list[tuple[str, str]]:
    """Give which mails went out, to whom."""
    return [(row["template"], row["recipient"]) for row in bench.rows("outbox")[before:]]


def test_a_digit_and_text_count_and_reopen_nothing(bench: Workbench) -> None:
    """The mail is kept on the case, as all that its customer writes; nobody is told of praise."""
    before = len(bench.rows("outbox"))
    quoted = parse(bytes(notices(bench)[0]["content"])).text.replace("\n", "\n> ")
    answer(bench, f"4\n\nAda found it at once.\n\nOn Monday North Help wrote:\n> {quoted}")

    assert [(4, "Ada found it at once.")] == rated(bench)
    assert ("rated", "Done") == state(bench)
    assert [] == sent_since(bench, before)
    entry = bench.rows("entries")[-1]
    assert ("customer", JAN) == (entry["kind"], entry["author"])
    assert ["entry-added", "rated"] == [row["kind"] for row in bench.rows("events")][-2:]


def test_it_may_be_changed_by_mail_and_on_the_page(bench: Workbench) -> None:
    """The last answer counts, by whatever way; the same again is nothing new."""
    answer(bench, "4")
    rate(bench, link(bench), 5, "Now I know")
    answer(bench, "3 stars, since it broke again")
    answer(bench, "3 stars, since it broke again\n")

    assert [(3, "since it broke again")] == rated(bench)
    assert ("rated", "Done") == state(bench)
    assert ["4 of 5 stars", "5 of 5 stars, before 4", "3 of 5 stars, before 5"] == [
        row["why"] for row in bench.rows("events") if row["kind"] == "rated"
    ]


def test_a_low_one_is_told_and_may_reopen(bench: Workbench) -> None:
    """As on the page."""
    with_policy(bench, reopen=True)
    before = len(bench.rows("outbox"))
    answer(bench, "1\n\nNobody answered me.")

    assert ("rated", "Again") == state(bench)
    assert ("agent/rated", "chief@north.example") in sent_since(bench, before)


def test_a_complaint_and_files_are_told_to_somebody_in_any_case(bench: Workbench) -> None:
    """Where the desk names nobody for low ratings, to those whose case it is."""
    with_policy(bench, notify=())
    before = len(bench.rows("outbox"))
    answer(bench, "1\n\nStill broken.")

    assert ("rated", "Done") == state(bench)
    assert [("agent/reply", ADA)] == sent_since(bench, before)


def test_a_question_below_praise_is_told(bench: Workbench) -> None:
    """The case stays closed, and whose it is can answer."""
    before = len(bench.rows("outbox"))
    answer(bench, "5\n\nOne more thing: how do I export?")

    assert ("rated", "Done") == state(bench)
    assert [("agent/reply", ADA)] == sent_since(bench, before)


@pytest.mark.parametrize(
    "body",
    [
        "5 users cannot log in now.",
        "1. It crashes\n2. So does that",
        "No.",
        "It works, 5 of us say",
    ],
)
def test_a_digit_in_a_sentence_is_an_answer_like_any_other(bench: Workbench, body: str) -> None:
    """It reopens the case."""
    answer(bench, body)

    assert [(None, "")] == rated(bench)
    assert ("reopened", "Again") == state(bench)


def test_only_whoever_was_asked_counts(bench: Workbench) -> None:
    """Not those who take part, nor anybody who got the mail from them."""
    answer(bench, "5", sender=EVE)

    assert [(None, "")] == rated(bench)
    assert ("appended-internally", "Done") == state(bench)


def test_only_an_answer_to_the_notice_counts(bench: Workbench) -> None:
    """A digit on the case, or in answer to a later mail, says something else."""
    answer(bench, "5", to_notice=False)
    assert [(None, "")] == rated(bench)
    assert ("reopened", "Again") == state(bench)


def test_a_forged_mail_needs_the_signed_address(bench: Workbench) -> None:
    """Whoever has the notice may answer it; whoever knows its Message-ID alone may not."""
    bench.verdict = Verdict.FAIL
    notice = parse(bytes(notices(bench)[0]["content"]))
    thread = f"In-Reply-To: {notice.message_id}\n"
    answer(bench, "1", to_notice=False, more=thread)
    assert [(None, "")] == rated(bench)

    answer(bench, "5")
    assert [(5, "")] == rated(bench)


def test_a_machine_rates_nothing(bench: Workbench) -> None:
    """Whatever it answers with."""
    answer(bench, "5", more="Auto-Submitted: auto-replied\n")

    assert [(None, "")] == rated(bench)
    assert "Done" == state(bench)[1]


def test_after_the_week_or_the_end_it_is_an_answer_like_any_other(bench: Workbench) -> None:
    """Somebody reads it."""
    answer(bench, "5")
    bench.time += timedelta(days=7)
    answer(bench, "1")

    assert [(5, "")] == rated(bench)
    assert ("reopened", "Again") == state(bench)


def test_a_case_that_is_open_again_is_rated_and_left_as_it_is(bench: Workbench) -> None:
    """The notice of its last closing is still good; what is said with it is told to whose it is."""
    answer(bench, "No.")
    answer(bench, "2")

    assert [(2, "")] == rated(bench)
    assert ("rated", "Again") == state(bench)
    before = len(bench.rows("outbox"))
    answer(bench, "4\n\nThe log is in the usual place.")
    assert [("agent/reply", ADA)] == sent_since(bench, before)


def test_a_link_in_the_comment_gives_nobody_a_vote(bench: Workbench) -> None:
    """What is kept of a rating is read by those whose work it is about."""
    token = link(bench)
    answer(bench, f"5\n\nThat page https://desk.example/support/feedback/{token} is fine.")

    assert token not in rated(bench)[0][1]
    assert 5 == rated(bench)[0][0]


def test_each_closing_is_rated_by_its_own_notice(bench: Workbench) -> None:
    """The newest mail that is answered says which."""
    answer(bench, "5")
    answer(bench, "It is back.")
    say(bench, "#close")
    answer(bench, "2")

    assert [(5, ""), (2, "")] == rated(bench)


def test_a_backtest_finds_it_as_it_was(bench: Workbench, tmp_path: Path) -> None:
    """Nothing would differ, however the rating stands by now."""
    answer(bench, "5\n\nGood")
    answer(bench, "4")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with Backtest(bench.house, scratch, Window(START - timedelta(days=1))) as past:
        outcomes = list(past.run())

    assert [()] * 4 == [one.differences for one in outcomes]
