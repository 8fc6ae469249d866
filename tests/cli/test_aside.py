"""held and failed: mails that wait for a person are listed, shown, and tried again."""

import json

from gateway.mail.model import Verdict
from gateway.store import claims
from lib.commands import Casepost
from lib.workbench import Workbench, mail

CONFIG = ("--config", "house/casepost.toml")


def fail(bench: Workbench) -> None:
    """Deliver a mail with which nothing can be done."""
    bench.deliver(mail(message_id="<1@klant.example>"))
    (claimed,) = bench.claim()
    with bench.house.database.writing() as connection:
        claims.fail(connection, claimed, "nobody knows", bench.time)


def test_held_mails_are_listed(casepost: Casepost, bench: Workbench) -> None:
    """With who wrote them, about what, and why they are held."""
    assert "No mail is held.\n" == casepost("held", "list", *CONFIG).out
    assert "[]\n" == casepost("held", "list", "--json", *CONFIG).out
    bench.verdict = Verdict.UNKNOWN
    bench.deliver(mail(author="ada@north.example", subject="From an [red]agent"))
    bench.work()
    (line,) = json.loads(casepost("held", "list", "--json", *CONFIG).out)
    assert {
        "id": 1,
        "received_at": "2026-03-02T09:00:00+00:00",
        "source": "smtp",
        "from": "ada@north.example",
        "to": "help@north.example",
        "subject": "From an [red]agent",
        "desk": "north",
        "reason": bench.rows("spool")[0]["reason"],
        "attempts": 1,
    } == line
    human = casepost("held", "list", *CONFIG)
    assert 0 == human.code
    assert "From an [red]agent" in human.out
    assert "No mail is failed.\n" == casepost("failed", "list", *CONFIG).out


def test_a_held_mail_is_shown(casepost: Casepost, bench: Workbench) -> None:
    """What it says, and what was decided about it."""
    bench.verdict = Verdict.UNKNOWN
    bench.deliver(mail(author="ada@north.example"))
    bench.work()
    human = casepost("held", "show", "1", *CONFIG)
    assert 0 == human.code
    assert all(text in human.out for text in ("It stays white.", "ada@north.example", "held"))
    shown = json.loads(casepost("held", "show", "1", "--json", *CONFIG).out)
    assert ("held", 1) == (shown["state"], shown["mail"])
    assert "held" == shown["decision"]["outcome"]


def test_only_such_a_mail_is_shown(casepost: Casepost, bench: Workbench) -> None:
    """Another one is a finding."""
    bench.deliver(mail())
    for command, sentence in (
        (("held", "show", "1"), "mail 1 is waiting, not held"),
        (("failed", "show", "1"), "mail 1 is waiting, not failed"),
        (("failed", "show", "7"), "there is no mail 7"),
    ):
        ended = casepost(*command, *CONFIG)
        assert (1, "", f"casepost: {sentence}\n") == (ended.code, ended.out, ended.err)


def test_a_failed_mail_is_tried_again(casepost: Casepost, bench: Workbench) -> None:
    """It is taken in as if for the first time, and is a ticket then."""
    fail(bench)
    (line,) = json.loads(casepost("failed", "list", "--json", *CONFIG).out)
    assert (1, "nobody knows") == (line["id"], line["reason"])
    assert "It stays white." in casepost("failed", "show", "1", *CONFIG).out

    ended = casepost("failed", "retry", "1", *CONFIG)

    assert (0, "1 mail waits again\n", "") == (ended.code, ended.out, ended.err)
    (row,) = bench.rows("spool")
    assert ("waiting", 0, 0) == (row["state"], row["attempts"], row["claims_alone"])
    bench.work()
    assert ["filed"] == bench.states()


def test_only_failed_mails_are_tried_again(casepost: Casepost, bench: Workbench) -> None:
    """Others are left as they are, and said."""
    fail(bench)
    bench.deliver(mail(subject="Another"))
    bench.work()
    ended = casepost("failed", "retry", "1", "2", "9", *CONFIG)
    assert (1, "1 mail waits again\n") == (ended.code, ended.out)
    said = "casepost: mail 2 is filed, not failed\ncasepost: there is no mail 9\n"
    assert said == ended.err
    assert ["waiting", "filed"] == bench.states()


def test_held_mails_are_admitted_and_dropped(casepost: Casepost, bench: Workbench) -> None:
    """Each once; what is not held is said, and is a finding."""
    for subject in ("One", "Two", "Three"):
        bench.deliver(mail(author="ada@north.example", subject=subject), sender="ada@north.example")
    bench.verdict = Verdict.UNKNOWN
    bench.work()

    admitted = casepost("held", "admit", "1", "2", "2", *CONFIG)
    dropped = casepost("held", "drop", "3", "2", "9", *CONFIG)

    assert (0, "2 mails are admitted\n", "") == (admitted.code, admitted.out, admitted.err)
    assert (1, "1 mail is dropped\n") == (dropped.code, dropped.out)
    said = "casepost: mail 2 is waiting, not held\ncasepost: there is no mail 9\n"
    assert said == dropped.err
    assert ["waiting", "waiting", "filed"] == bench.states()
    assert {"operator", ""} == {row["admitted_by"] for row in bench.rows("spool")}
    explained = json.loads(casepost("explain", "--mail", "3", "--json", *CONFIG).out)
    assert ("filed", "dropped") == (explained["state"], explained["decision"]["reason"])


def test_a_number_that_no_mail_can_have_is_wrong_use(casepost: Casepost) -> None:
    """It is said in a sentence."""
    for number in (str(2**63), "0"):
        ended = casepost("held", "admit", number, *CONFIG)

        assert (2, "") == (ended.code, ended.out)
        assert "Invalid value for 'ID...'" in ended.err
