"""What a decision changes beside tickets: held mails, absences, lessons, mail that came back."""

from dataclasses import replace
from datetime import timedelta

from gateway.desk.decision import Absence, Lesson, Release, Undelivered, Unmuted
from gateway.mail.model import Verdict
from gateway.store import books
from gateway.store.consequences import carry_out, release, take_back
from lib.workbench import START, Workbench, mail

ADA = "ada@north.example"
JAN = "jan@klant.example"
MUTED = timedelta(days=60)


def hold(bench: Workbench, *subjects: str) -> None:
    """Deliver mails that are held: an agent's that nobody vouches for."""
    bench.verdict = Verdict.UNKNOWN
    for subject in subjects:
        bench.deliver(mail(author=f"Ada <{ADA}>", subject=subject), sender=ADA)
    bench.work()
    bench.verdict = Verdict.PASS


def do(bench: Workbench, *wanted: Release | Absence | Lesson | Undelivered | Unmuted) -> None:
    """Carry out consequences at the time of the workbench."""
    with bench.house.database.writing() as connection:
        carry_out(connection, wanted, bench.time, MUTED)


def test_a_held_mail_is_admitted_or_dropped_once(bench: Workbench) -> None:
    """Admitted, it waits as if it had just come; dropped, its way is over; the books balance."""
    hold(bench, "One", "Two", "Three")
    admitted, dropped = Release(1, JAN, admit=True), Release(2, JAN, admit=False)
    epoch = bench.rows("spool")[0]["epoch"]

    with bench.house.database.writing() as connection:
        assert [admitted, dropped] == release(connection, [admitted, dropped], bench.time)
        late = [replace(admitted, admit=False), replace(dropped, admit=True)]
        assert [] == release(connection, [*late, replace(admitted, spool=9)], bench.time)

    one, two, _ = bench.rows("spool")
    assert ["waiting", "filed", "held"] == bench.states()
    assert ("", JAN, epoch + 1, 0, None) == (
        one["reason"],
        one["admitted_by"],
        one["epoch"],
        one["attempts"],
        one["settled_at"],
    )
    assert ("dropped", None, START) == (two["reason"], two["ticket"], two["settled_at"])
    decision = two["trace"]["decision"]
    assert ("filed", "dropped", JAN) == tuple(decision[key] for key in ("outcome", "reason", "by"))
    with bench.house.database.reading() as connection:
        (account,) = books.accounts(connection)
    assert (0, 1, 1, 1) == (account.difference, account.waiting, account.filed, account.held)
    (claimed,) = bench.load(bench.claim())
    assert (1, JAN) == (claimed.spool_id, claimed.admitted_by)


def test_an_admitted_mail_is_no_copy_of_itself(bench: Workbench) -> None:
    """Its fingerprint was entered when it was held; it is decided on anew all the same."""
    hold(bench, "One")
    do(bench, Release(1, ADA, admit=True))
    bench.time += timedelta(minutes=1)

    bench.work()

    (row,) = bench.rows("spool")
    assert (bench.time, None) == (row["settled_at"], row["duplicate_of"])
    assert 1 == len(bench.rows("fingerprints"))


def test_an_absence_has_one_end(bench: Workbench) -> None:
    """A later word takes the place of the earlier; None ends it."""
    later = START + timedelta(days=3)
    do(bench, Absence(ADA, START), Absence(ADA, later))
    assert [{"agent": ADA, "until": later}] == bench.rows("absences")
    do(bench, Absence(ADA, None), Absence(ADA, None))
    assert [] == bench.rows("absences")


def test_a_lesson_is_kept_for_the_filter(bench: Workbench) -> None:
    """The last word counts."""
    hold(bench, "One")
    do(bench, Lesson(1, spam=True), Lesson(1, spam=False))
    assert [False] == [row["spam"] for row in bench.rows("lessons")]


def test_mail_that_came_back_marks_its_entry_and_mutes_its_address(bench: Workbench) -> None:
    """One mark an address, the latest reason; only what fails for good mutes."""
    bench.deliver(mail())
    bench.work()
    sent = bench.rows("outbox")[0]
    do(bench, Undelivered(sent["id"], JAN, "mailbox full", lasting=False))
    assert [] == [row for row in bench.rows("correspondents") if row["muted_until"]]

    do(
        bench,
        Undelivered(sent["id"], JAN, "no such user", lasting=True),
        Undelivered(999_999, "eve@klant.example", "no such mail of ours", lasting=False),
    )

    (entry,) = (row for row in bench.rows("entries") if row["id"] == sent["entry"])
    assert [[JAN, "no such user"]] == entry["undelivered"]
    (muted,) = bench.rows("correspondents")
    assert (JAN, START + MUTED, "no such user") == tuple(muted.values())
    do(bench, Unmuted(JAN))
    assert (JAN, None, "") == tuple(bench.rows("correspondents")[0].values())


def test_a_dropped_mail_is_held_again(bench: Workbench) -> None:
    """For what it was held for, as if nobody had dropped it; no other mail is."""
    hold(bench, "One", "Two")
    held = bench.rows("spool")
    with bench.house.database.writing() as connection:
        release(connection, [Release(1, JAN, admit=False)], bench.time)
    with bench.house.database.writing() as connection:
        assert (1,) == take_back(connection, [2, 1, 7, 1])
    assert held == bench.rows("spool")
    with bench.house.database.writing() as connection:
        assert () == take_back(connection, [1])
        assert all(account.difference == 0 for account in books.accounts(connection))
