"""What somebody wrote themselves, to be passed on under the desk's name."""

import pytest

from gateway.mail.reply.authored import Authored, authored
from gateway.mail.reply.marker import MARKERS

SENT = (
    "There is a new case from Jan of Plant, who has the plan gold until the end of the year.\n"
    "Internal: the contract of this customer has not been paid for since March.\n"
    "The totals of the report differ by one row from what they were last week.\n"
)
QUOTED = "".join(f"> {line}\n" for line in SENT.splitlines())
MARKER = MARKERS["en"]
ATTRIBUTION = "On Mon, 2 Mar 2026 at 10:00, Help <help+a1@north.example> wrote:\n"
OUTLOOK = (
    "From: Help <help+a1@north.example>\nSent: Monday, 2 March 2026 10:00\n"
    "To: Ada <ada@north.example>\nSubject: [NO-1] A new case\n\n"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Press F5.\n", "Press F5."),
        (f"Press F5.\n\n{ATTRIBUTION}{QUOTED}", "Press F5."),
        (f"{ATTRIBUTION}{QUOTED}\nPress F5.\n", "Press F5."),
        (f"Press F5.\n\n{OUTLOOK}{MARKER}\n\n{SENT}", "Press F5."),
        (f"Press F5.\n\n{OUTLOOK}{SENT}", "Press F5."),
        (f"Press F5.\n\n-- \nAda\nada@north.example\n\n{ATTRIBUTION}{QUOTED}", "Press F5."),
        ("Thanks,\nAda\n", "Thanks,\nAda"),
        # Quoted by a program, with answers in between.
        (
            f"{ATTRIBUTION}> Which rows?\n\nAll rows.\n\n> Since when?\n\nSince March.\n",
            "All rows.\n\n\n\nSince March.",
        ),
        # Nothing new: what is left is never taken for the answer.
        (f"{ATTRIBUTION}{QUOTED}", ""),
        (f"{OUTLOOK}{SENT}", ""),
        (f"{MARKER}\n\n{SENT}", ""),
        (SENT, ""),
        (QUOTED, ""),
        ("", ""),
    ],
)
def test_only_new_lines_are_left(text: str, expected: str) -> None:
    """Whichever way a program quotes, and whatever stands above or below."""
    found = authored(text, (SENT,))

    assert expected == found.text
    assert "Internal" not in found.text


def test_an_answer_among_lines_that_we_sent_and_that_bear_no_marks_is_unclear() -> None:
    """A program that marks nothing leaves no way to tell what is whose."""
    first, second, third = SENT.splitlines()
    text = f"See below.\n\n{OUTLOOK}{first}\n{second}\nPlease pay it soon.\n{third}\n"

    assert authored(text, (SENT,)).unclear


def test_what_holds_our_marker_line_is_unclear() -> None:
    """Somebody wrote in the middle of it: nothing tells what stands below."""
    assert Authored(f"x {MARKER}", unclear=True) == authored(f"x {MARKER}")
