"""What a stranger gets who names somebody's order: its level of support, and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.desk.entitled import Order
from gateway.desk.person import Fact, Person
from gateway.mail.model import Verdict
from gateway.store import account_names, directory, orders
from lib.workbench import Workbench, mail, workbench

POLICY = """
[entitlement]
find_by = ["order", "organisation"]

[[entitlement.level]]
name = "priority"
when = 'order.plan == "priority"'

[[entitlement.level]]
name = "basic"
when = "customer.known"

[[rule]]
name = "found"
when = 'support.level == "priority" && account.by == "order" && !customer.known'
set = { language = "nl" }

[[rule]]
name = "would disclose"
when = 'customer.name != "" || customer.organisation != "" || customer.orders != 0'
tag = ["disclosed"]
"""
JAN = Person(
    "jan@klant.example",
    "Jan de Wit",
    "Blue Widgets",
    "nl",
    facts=(Fact("plan", "priority"), Fact("order", "WS-1042")),
)
KIM = Person("kim@klant.example", "Kim Bos", "Blue Widgets")
EVE = "eve@stranger.example"
SECRETS = ("jan", "wit", "blue widgets", "klant", "WS-2000")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A house that knows a customer with orders."""
    with workbench(tmp_path, "sqlite:///casepost.db", policy=POLICY) as opened:
        with opened.house.database.writing() as connection:
            directory.put(connection, [JAN, KIM])
            orders.put(connection, [Order("WS-2000", KIM.address, plan="priority")])
            account_names.refresh(connection, [JAN.address, KIM.address])
        yield opened


def write(bench: Workbench, body: str, answers: str = "") -> dict[str, object]:
    """Take a stranger's mail in; the ticket that it is on."""
    bench.deliver(mail(author=f"Eve <{EVE}>", body=body, answers=answers), sender=EVE)
    bench.work()
    return bench.rows("tickets")[-1]


def answer_to(bench: Workbench) -> str:
    """Give the Message-ID of the last mail to the stranger."""
    return str([row for row in bench.rows("outbox") if row["recipient"] == EVE][-1]["message_id"])


def test_a_stranger_gets_a_level_and_nothing_else(bench: Workbench) -> None:
    """No organisation, no language, no name; the case remembers the account for agents."""
    ticket = write(bench, "It fails. My order is WS-1042.")
    assert ("priority", JAN.address) == (ticket["level"], ticket["account"])
    assert ("nl", [], "", [], EVE) == (
        ticket["language"],
        ticket["tags"],
        ticket["organisation"],
        ticket["participants"],
        ticket["requester"],
    )
    sent = b"".join(row["content"] for row in bench.to_customers()).decode().casefold()
    assert [] == [secret for secret in SECRETS if secret.casefold() in sent]


def test_the_answer_to_a_question_back_names_the_account(bench: Workbench) -> None:
    """What is quoted below it names none."""
    first = write(bench, "It fails.")
    assert ("none", "") == (first["level"], first["account"])
    quoted = "I do not know.\n\nOn Monday you wrote:\n> Is it order WS-1042?\n"
    second = write(bench, quoted, answer_to(bench))
    assert (first["id"], "none", "") == (second["id"], second["level"], second["account"])
    third = write(bench, "It is ws1042", answer_to(bench))
    assert (first["id"], "priority", JAN.address) == (third["id"], third["level"], third["account"])


def test_an_organisation_has_the_best_of_its_peoples_orders(bench: Workbench) -> None:
    """And a disowned mail of one of them has none."""
    assert "priority" == write(bench, "We are Blue Widgets Ltd.")["level"]
    bench.verdict = Verdict.FAIL
    bench.deliver(mail(author=JAN.address, subject="Forged", body="Order WS-1042"))
    bench.work()
    assert "none" == bench.rows("tickets")[-1]["level"]
