"""A machine behind an agent's address, without a mark: what it makes us send is bounded."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.config.settings import Sending
from lib.correspondence import HOUR, Carried, Responder, World, fullest, house
from lib.workbench import START, mail

ADA, JAN = "ada@desk0.example", "jan@klant.example"
HELP = "help@desk0.example"
MOST = 3


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A house with an agent, of whom few answers go to one person in an hour."""
    with house(tmp_path / "desk0.example", "desk0.example") as opened:
        settings = replace(opened.house.settings, sending=Sending(answers_hour=MOST))
        opened.house = replace(opened.house, settings=settings)
        yield World(houses={"desk0.example": opened})


def responder(author: str, *, threads: bool) -> Responder:
    """Answer every mail: to where its answers belong, or as a new mail to the desk."""
    numbers = iter(range(10_000))

    def answer(got: Carried) -> Carried:
        number = next(numbers)
        to = got.header("reply-to").rpartition("<")[2].strip("<> ") if threads else HELP
        written = mail(
            author=author,
            to=to,
            subject=f"Gone fishing {number}",
            message_id=f"<{number}.{author}>",
            body=f"I am away until Monday. Ask my colleagues. {number}",
        )
        return Carried(author, to, written.replace("\n", "\r\n").encode())

    return answer


@pytest.mark.parametrize("threads", [True, False])
def test_two_responders_do_not_write_without_end(world: World, *, threads: bool) -> None:
    """The customer's answers what the agent's sends, on its case or on a new one each time."""
    world.others = {
        ADA: responder(ADA, threads=True),
        JAN: responder(JAN, threads=threads),
    }
    world.delay = HOUR / 15  # Slow enough to be no storm.
    world.post(Carried(JAN, HELP, mail(to=HELP).replace("\n", "\r\n").encode()), START)
    world.run(START + HOUR)

    bench = world.houses["desk0.example"]
    answers = [r["queued_at"] for r in bench.to_customers() if r["template"] == "customer/answer"]
    assert MOST == fullest(answers, HOUR)
    reasons = Counter(row["reason"] for row in bench.rows("spool") if row["state"] == "held")
    assert {"too-many-answers"} == reasons.keys()
    asked = [r for r in bench.rows("outbox") if r["template"] == "agent/confirm"]
    assert 0 < len(asked) <= Sending().confirm_day
