"""A step that rates goes through the page, by the last link that was sent."""

from pathlib import Path

import pytest

from gateway.config.load import load
from gateway.conversation import Played, play
from lib.workbench import write_house

POLICY = """
[feedback]
ask = true
notify = ["ada@north.example"]
"""
CLOSED = """title = "A rating"
desk = "north"
start = 2026-03-02T09:00:00+01:00
strict = false

[[step]]
mail = '''
From: Jan <jan@klant.example>
To: help@north.example
Subject: It does not open

Nothing happens.'''

[[step]]
after = "40d"
expect = [{ ticket = 1, phase = "closed", rating = "" }]
"""


def differences(folder: Path, steps: str, policy: str = POLICY) -> list[str]:
    """Play a closed case with further steps; give what went otherwise than expected."""
    return [str(one).partition(": ")[2] for one in played(folder, steps, policy).differences]


def played(folder: Path, steps: str, policy: str) -> Played:
    """Play a closed case with further steps."""
    path = write_house(folder / "house", "sqlite:///casepost.db")
    path.write_text(f"{path.read_text()}\n[web]\n")
    desk = path.parent / "desks" / "north.toml"
    desk.write_text(desk.read_text() + policy)
    conversation = folder / "conversation.toml"
    conversation.write_text(CLOSED + steps)
    return play(conversation, load(path), folder / "data")


def test_a_scanner_rates_nothing_and_whoever_comes_after_it_does(tmp_path: Path) -> None:
    """What is sent in the moment in which a form is shown counts for nothing."""
    steps = """
[[step]]
rate = { stars = 1, comment = "x", scanner = true }
expect = [{ ticket = 1, phase = "closed", rating = "" }, { mail = "-" }]

[[step]]
rate = { stars = 4 }
expect = [{ ticket = 1, rating = { stars = 4, comment = "" } }, { mail = "-" }]
"""
    assert [] == differences(tmp_path, steps)


def test_what_is_rated_is_seen_and_told(tmp_path: Path) -> None:
    """It may be changed for a week, and not after it."""
    steps = """
[[step]]
rate = { stars = 2, comment = "Too\\nlate, für mich." }
expect = [
  { ticket = 1, rating = 2 },
  { ticket = 1, rating = { stars = 2, comment = "Too\\nlate, für mich." } },
  { mail = "agent/rated", to = "ada@north.example", contains = ["late, für mich."] },
]

[[step]]
after = "6d 23h"
rate = { stars = 5 }
expect = [{ ticket = 1, rating = 5, rating_comment = "" }, { mail = "-" }]

[[step]]
after = "1h"
rate = { stars = 1, refused = true }
expect = [{ ticket = 1, rating = { stars = 5 } }]
"""
    assert [] == differences(tmp_path, steps)


@pytest.mark.parametrize(
    ("steps", "policy", "said"),
    [
        (
            "[[step]]\nrate = { stars = 5 }\nexpect = [{ ticket = 1, rating = 4 }]\n",
            POLICY,
            "step 3: ticket 1 (NO-00013) is not as expected:\n    rating is 5, not 4",
        ),
        (
            "[[step]]\nrate = { stars = 5 }\n",
            "",
            "step 3: cannot be played: no mail with a link for feedback has been sent by then",
        ),
        (
            '[[step]]\nafter = "61d"\nrate = { stars = 5 }\n',
            POLICY,
            "step 3: cannot be played: the page /feedback/... answers GET with 410",
        ),
        (
            "[[step]]\nrate = { stars = 5, refused = true }\n",
            POLICY,
            "step 3: cannot be played: the page takes a rating that it is to refuse",
        ),
    ],
)
def test_what_is_not_as_expected_is_said(
    tmp_path: Path, steps: str, policy: str, said: str
) -> None:
    """With the step in which it was."""
    assert [said] == differences(tmp_path, steps, policy)
