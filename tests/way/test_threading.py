"""Which ticket an answer leads to, on its way: by address, without plus-addressing, after long."""

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.desk.route import Routes
from gateway.mail.parse import parse
from lib.workbench import Workbench, mail, workbench

DAY = timedelta(days=1)
HELP = "help@north.example"
JAN = "jan@klant.example"
ADA = "ada@north.example"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A house on SQLite; what is asked of the store is tested with both databases elsewhere."""
    with workbench(tmp_path, "sqlite:///casepost.db") as opened:
        yield opened


def setting(bench: Workbench, **values: object) -> None:
    """Have the desks set otherwise."""
    desks = tuple(dataclasses.replace(desk, **values) for desk in bench.house.desks)  # type: ignore[arg-type]
    bench.house = dataclasses.replace(bench.house, desks=desks, routes=Routes(desks))


def last_to(bench: Workbench, address: str) -> dict[str, str]:
    """Give where the last mail to an address says to answer, and its id."""
    row = [row for row in bench.rows("outbox") if row["recipient"] == address][-1]
    reply_to = parse(bytes(row["content"])).header("reply-to")
    return {"to": reply_to or HELP, "id": str(row["message_id"]), "path": str(row["reverse_path"])}


def opened(bench: Workbench) -> None:
    """Open Jan's ticket."""
    bench.deliver(mail(message_id="<1@klant.example>"))
    bench.work()


def wrote(bench: Workbench, text: str, recipient: str = HELP, sender: str = JAN) -> str:
    """Take a mail its way; what became of it."""
    bench.deliver(text, recipient, sender)
    bench.work()
    return str(bench.rows("spool")[-1]["reason"])


def closed(bench: Workbench) -> None:
    """Open Jan's ticket, and have Ada close it."""
    opened(bench)
    address = last_to(bench, ADA)["to"]
    assert "commanded" == wrote(bench, mail(author=f"Ada <{ADA}>", body="#close"), address, ADA)
    assert ["closed"] == [row["phase"] for row in bench.rows("tickets")]


def test_an_answer_goes_by_its_address_alone(bench: Workbench) -> None:
    """No subject, no references, capitals, and in To alone, as in a mailbox that is collected."""
    opened(bench)
    address = last_to(bench, JAN)["to"].upper()

    assert "appended" == wrote(bench, mail(subject="Hi", body="By address."), address)
    assert "appended" == wrote(bench, mail(to=f"Help <{address}>", subject="Hi", body="By To."))
    assert 1 == len(bench.rows("tickets"))


def test_a_desk_without_plus_addressing_threads_by_ids_alone(bench: Workbench) -> None:
    """Its mails bear plain addresses; a signed one of earlier days is none any more."""
    opened(bench)
    before = last_to(bench, JAN)["to"]
    setting(bench, plus_addressing=False)
    bench.time += DAY
    answer = mail(author=f"Ada <{ADA}>", answers=last_to(bench, ADA)["id"], body="Try again.")
    assert "answered" == wrote(bench, answer, sender=ADA)
    sent = last_to(bench, JAN)

    assert (HELP, HELP) == (sent["to"], sent["path"])
    by_id = mail(subject="Hi", answers=sent["id"], body="It works.")
    assert "appended" == wrote(bench, by_id)
    assert "opened" == wrote(bench, mail(subject="Hi", body="By address."), before)


def test_an_answer_soon_after_closing_reopens(bench: Workbench) -> None:
    """Within the time that the desk says, and always where it says none."""
    setting(bench, reopen_within="30d")
    closed(bench)
    bench.time += 30 * DAY

    assert "reopened" == wrote(bench, mail(body="Again."), last_to(bench, JAN)["to"])


def test_an_answer_long_after_closing_opens_a_linked_case(bench: Workbench) -> None:
    """Of the same requester; the old one stays closed."""
    setting(bench, reopen_within="30d")
    closed(bench)
    bench.time += 30 * DAY + timedelta(seconds=1)

    reason = wrote(bench, mail(body="Again, after long."), last_to(bench, JAN)["to"])

    assert "opened-after-long" == reason
    old, new = bench.rows("tickets")
    assert ("closed", "open", JAN) == (old["phase"], new["phase"], new["requester"])
    assert [(new["id"], old["id"])] == [
        (row["ticket"], row["other"]) for row in bench.rows("links")
    ]


def test_an_answer_on_a_merged_case_is_on_the_original(bench: Workbench) -> None:
    """By the address that the duplicate's requester got for it."""
    opened(bench)
    piet = "piet@klant.example"
    other = mail(author=f"Piet <{piet}>", subject="White reports", body="Mine are white as well.")
    wrote(bench, other, sender=piet)
    first, second = (str(row["number"]) for row in bench.rows("tickets"))
    of_second = last_to(bench, piet)["to"]
    merge = mail(author=f"Ada <{ADA}>", subject=f"[{second}]", body=f"#duplicate-of {first}")
    assert "commanded" == wrote(bench, merge, sender=ADA)

    assert "appended" == wrote(bench, mail(author=piet, body="Still white."), of_second, piet)

    (entry,) = [row for row in bench.rows("entries") if "Still" in row["text"]]
    assert (1, False) == (entry["ticket"], entry["internal"])
