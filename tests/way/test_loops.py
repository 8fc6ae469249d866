"""No loop: whoever answers us, and whatever a relay takes away, little goes out, and all is kept.

Every mail that comes in is filed and the books balance, for a day in which somebody begins the loop
anew each hour.
"""

import itertools
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.config.settings import Sending
from lib.correspondence import (
    DAY,
    HOUR,
    Carried,
    Relay,
    Responder,
    World,
    fullest,
    house,
    straight,
    stripping,
)
from lib.workbench import START, mail
from servers import postfix, process, smtp_sink

LIMITS = Sending()
JAN = "jan@klant.example"
WINDOWS = (
    (HOUR, LIMITS.address_hour),
    (3 * HOUR, LIMITS.address_three_hours),
    (DAY, LIMITS.address_day),
)
RELAYS = [straight, stripping]


@pytest.fixture
def world(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    """Two houses, or as many as a test asks for, that write to each other."""
    many = getattr(request, "param", 2)
    with ExitStack() as open_houses:
        made = World()
        for number in range(many):
            domain = f"desk{number}.example"
            made.houses[domain] = open_houses.enter_context(house(tmp_path / domain, domain))
        yield made


def letter(author: str, to: str, number: int, subject: str = "The report") -> Carried:
    """Write a person's mail."""
    written = mail(
        author=author,
        to=to,
        subject=f"{subject} {number}",
        message_id=f"<{number}.{author}>",
        body=f"This is number {number}.",
    )
    return Carried(author, to, written.replace("\n", "\r\n").encode())


def quick(author: str, subject: str, *, to_reply_to: bool) -> Responder:
    """Answer every mail, to where its answers belong or to its From, without any mark."""

    def answer(got: Carried) -> Carried:
        to = (to_reply_to and got.header("reply-to")) or got.author
        words = subject or f"Re: {got.header('subject')}"
        number = int(re.sub(r"\D", "", got.header("message-id"))[-9:] or 0)
        return letter(author, to.rpartition("<")[2].strip("<> "), number, words)

    return answer


def is_bounded(world: World, domain: str) -> None:
    """Assert what holds for every house, whatever was done to it."""
    times = world.sent(domain)
    assert [] == [(str(w), n) for w, most in WINDOWS if (n := fullest(times, w)) > most]
    assert world.keeps_all(domain)


@pytest.mark.parametrize("relay", RELAYS)
def test_two_houses_do_not_answer_each_other_without_end(world: World, relay: Relay) -> None:
    """Each takes the other for a person once all marks are gone, and stops all the same."""
    world.relay = relay
    for hour in range(0, 24, 6):
        for author, to in (("desk0", "desk1"), ("desk1", "desk0")):
            begun = letter(f"help@{author}.example", f"help@{to}.example", hour)
            world.post(begun, START + hour * HOUR)
    world.run(START + DAY)
    for domain in world.houses:
        is_bounded(world, domain)
        assert world.delivered[domain] >= 4 + len(world.sent(domain)) / 2


@pytest.mark.parametrize("world", [3], indirect=True)
def test_a_ring_of_three_ends(world: World) -> None:
    """Each answer goes to the next house, whoever it was for."""
    world.relay = stripping
    for number in range(3):
        domain = f"desk{number}.example"
        world.detours[domain] = f"help@desk{(number + 1) % 3}.example"
        for hour in range(0, 24, 8):
            begun = letter("help@desk9.example", f"help@{domain}", hour)
            world.post(begun, START + hour * HOUR)
    world.run(START + DAY)
    for domain in world.houses:
        for recipient in {*world.houses} - {domain}:
            times = world.sent(domain, to=f"help@{recipient}")
            assert all(fullest(times, window) <= most for window, most in WINDOWS)
        assert world.keeps_all(domain)


@pytest.mark.parametrize("world", [1], indirect=True)
@pytest.mark.parametrize(("subject", "to_reply_to"), [("", True), ("Gone fishing", False)])
def test_a_vacation_responder_that_answers_everything(
    world: World, subject: str, *, to_reply_to: bool
) -> None:
    """At once, without a mark, below our mail or as a new one."""
    world.relay = straight if to_reply_to else stripping
    world.others[JAN] = quick(JAN, subject, to_reply_to=to_reply_to)
    for hour in range(0, 24, 3):
        begun = letter(JAN, "help@desk0.example", hour, f"{'ab'[hour % 2]} matter")
        world.post(begun, START + hour * HOUR)
    world.run(START + DAY)
    is_bounded(world, "desk0.example")


@pytest.mark.parametrize("world", [1], indirect=True)
@pytest.mark.parametrize("subject", ["Out of office: back on Monday", "Gone fishing"])
@pytest.mark.parametrize("to_reply_to", [True, False])
def test_an_agent_with_a_vacation_responder(
    world: World, subject: str, *, to_reply_to: bool
) -> None:
    """What is known as an absence notice reaches no customer; what is not ends by itself.

    The customer has one as well.
    """
    agent = "ada@desk0.example"
    world.relay = straight if to_reply_to else stripping
    world.others[agent] = quick(agent, subject, to_reply_to=to_reply_to)
    world.others[JAN] = quick(JAN, "Gone fishing", to_reply_to=to_reply_to)
    bench = world.houses["desk0.example"]
    sending = Sending(news_hour=4, storm=6)
    bench.house = replace(bench.house, settings=replace(bench.house.settings, sending=sending))
    world.post(letter(JAN, "help@desk0.example", 1), START)
    world.run(START + HOUR)
    answers = [row for row in bench.rows("outbox") if row["template"] == "customer/answer"]
    if subject.startswith("Out of office"):
        assert [] == answers
    assert len(answers) <= sending.storm
    assert len(world.sent("desk0.example", agents=True)) <= 2 * sending.storm
    is_bounded(world, "desk0.example")


@pytest.fixture(scope="module")
def bounce() -> Iterator[Responder]:
    """Say how a real Postfix bounces a mail; it is asked once for each kind of mail."""
    postfix.require()
    with smtp_sink.running() as sink, postfix.running(sink.port) as server:
        known: dict[str, bytes] = {}
        numbers = itertools.count(1)

        def bounced(got: Carried) -> Carried:
            back = got.reverse_path or got.author
            if back not in known:
                before = len(sink.mails)
                server.submit(got.content, back, f"nobody@{postfix.NOWHERE}")
                process.wait_until(lambda: len(sink.mails) > before, what="the bounce is here")
                known[back] = sink.mails[-1][2]
            mark = b"Message-Id: <%d." % next(numbers)
            return Carried("", back, known[back].replace(b"Message-Id: <", mark, 1))

        yield bounced


@pytest.mark.parametrize("world", [1], indirect=True)
@pytest.mark.parametrize("relay", RELAYS)
def test_a_postfix_that_bounces_everything(world: World, relay: Relay, bounce: Responder) -> None:
    """What it gives back is kept and not answered; without its marks, as little as any mail."""
    world.relay = relay
    world.others[JAN] = bounce
    for hour in range(0, 24, 4):
        world.post(letter(JAN, "help@desk0.example", hour), START + hour * HOUR)
    world.run(START + DAY)
    is_bounded(world, "desk0.example")
    kinds = {row["kind"] for row in world.houses["desk0.example"].rows("entries")}
    assert {"customer", "automatic-answer"} <= kinds
