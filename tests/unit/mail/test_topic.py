"""A topic is what subjects of one loop share."""

import random
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mail.topic import topic

REPORT = "The report does not open"


@pytest.mark.parametrize(
    "subject",
    [
        "RE: The report does not open",
        "Re: Re: AW: The report does not open",
        "Antw: VS: Vs: the  REPORT does not open!",
        "Fwd: [NO-00017] The report does not open",
        "[NO-00018] Re: The report does not open",
        "Re[12]: The report does not open",
        "Re(1234): The report does not open",
        "SV: The report does not open (4711x)",
        "The report does not open #993",
        "The report does not open - 2026-03-02T09:00:01",
        "\uff34he report does\u00a0not open \u0663",
    ],
)
def test_what_varies_makes_no_other_topic(subject: str) -> None:
    """Prefixes in all languages, case numbers, dates, letter case and punctuation do not count."""
    assert topic(REPORT) == topic(subject)


@pytest.mark.parametrize("subject", ["", "The report opens", "The invoice does not open", "Re:"])
def test_other_words_are_another_topic(subject: str) -> None:
    """Words do."""
    assert topic(REPORT) != topic(subject)


@given(
    st.lists(
        st.sampled_from(
            ["Re", "[", "]", "(", ")", ": ", " ", "Fwd", "case", "#", "-", "NO-", "{}", "\u4e2d"]
        ),
        max_size=30,
    ),
    st.data(),
)
def test_numbers_never_count(pieces: list[str], data: st.DataObject) -> None:
    """Whatever a subject is, other numbers in the same places leave its topic as it is."""
    pattern = "".join(pieces)
    numbers = st.integers(min_value=0, max_value=10**30).map(str)
    first, second = (re.sub(r"\{\}", lambda _: data.draw(numbers), pattern) for _ in range(2))
    assert topic(first) == topic(second)


@given(st.text())
def test_it_is_short_and_its_own(subject: str) -> None:
    """It is 24 hexadecimal digits, and the same for the same subject."""
    assert re.fullmatch(r"[0-9a-f]{24}", topic(subject))
    assert topic(subject) == topic(subject)


def test_hostile_subjects_cost_little() -> None:
    """No subject takes long: half a second of computing is enough for a hundred."""
    pieces = ["re:", "[", "[x] ", "fw:", "(", "0", "a0", "\ufdfa", "e\u0301"]
    chance = random.Random(4)  # noqa: S311  the same each time
    subjects = [piece * (16_384 // len(piece)) for piece in pieces]
    subjects += ["".join(chance.choices(pieces, k=4000)) for _ in range(90)]
    begin = time.process_time()
    for subject in subjects:
        topic(subject)
    assert time.process_time() - begin < 0.5
