"""Whatever others do, what goes out by itself is bounded: by the rule alone, with much mail."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.config.settings import Sending
from gateway.desk.decision import Reply
from gateway.desk.limits import Standing
from gateway.desk.tally import Tally
from gateway.mail.model import Mailbox
from lib.ledger import HOUR, Ledger

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LIMITS = Sending()

WINDOWS = (
    (timedelta(hours=1), LIMITS.address_hour),
    (timedelta(hours=3), LIMITS.address_three_hours),
    (timedelta(hours=24), LIMITS.address_day),
)


def fullest(times: list[datetime], window: timedelta) -> int:
    """Count the most of these times within any window, both ends included."""
    most = first = 0
    for last, time in enumerate(times):
        while times[first] < time - window:
            first += 1
        most = max(most, last - first + 1)
    return most


@settings(max_examples=20)
@given(
    gateways=st.integers(min_value=2, max_value=4),
    delay=st.integers(min_value=0, max_value=900),
    vouched=st.lists(st.booleans(), min_size=4, max_size=4),
    data=st.data(),
)
def test_gateways_that_answer_each_other_stop(
    gateways: int, delay: int, vouched: list[bool], data: st.DataObject
) -> None:
    """Each answers every mail of every other as if a person wrote it; what marks it is gone.

    Subjects vary at chance. No window has more than its limit in it, for whichever pair.
    """
    houses = [Ledger() for _ in range(gateways)]
    names = [f"help@gateway{number}.example" for number in range(gateways)]
    subjects = data.draw(st.lists(st.sampled_from(["Help", "Re: [7] Help", "x", "y", "z"])))
    waiting = [(NOW, 0, 1), (NOW, 1, 0), (NOW, gateways - 1, 0)]
    for number in range(250):
        if not waiting:
            break
        waiting.sort()
        now, author, reader = waiting.pop(0)
        standing = Standing(
            vouched=frozenset({names[author]} if vouched[author] else ()), writer=names[author]
        )
        subject = subjects[number % len(subjects)] if subjects else f"{number}"
        if houses[reader].acknowledge(names[author], now, standing, subject):
            # A ring, and a mirror at its end: nobody answers less often than they can.
            heard = {author, (reader + 1) % gateways} - {reader}
            waiting += [(now + timedelta(seconds=delay), reader, one) for one in heard]
        elif now < NOW + 24 * HOUR:
            waiting.append((now + timedelta(minutes=20), author, reader))
    for house in houses:
        for name in names:
            times = [at for address, *_, at in house.sent if address == name]
            for window, most in WINDOWS:
                assert fullest(times, window) <= most


def test_ten_thousand_forged_senders_in_ten_minutes() -> None:
    """The breakers hold: a thousand answers in all, a hundred to one domain."""
    tally = Tally(LIMITS, [])
    sent: Counter[str] = Counter()
    for number in range(10_000):
        domain = "popular.example" if number % 2 else f"domain{number % 40}.example"
        address = f"victim{number}@{domain}"
        answer = Reply("customer/acknowledge", Mailbox("", address), "en", vouched=False)
        if not tally.excess(answer, address, 0):
            tally.add(answer, address, 0)
            sent[domain] += 1
    assert LIMITS.house_hour == sent.total()
    assert LIMITS.domain_hour == sent["popular.example"] == max(sent.values())
