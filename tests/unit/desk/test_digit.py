"""Stars in a mail: a digit alone in its first line, and nothing that says something else."""

import pytest

from gateway.desk.digit import may_give_stars, said_in
from gateway.desk.requested import Said

# What people answer with, and how many stars it is.
ALONE = {
    "5": 5,
    " 4 \n": 4,
    "1.": 1,
    "5!": 5,
    "*3*": 3,
    "5\ufe0f\u20e3": 5,
    "4/5": 4,
    "4 / 5": 4,
    "4 out of 5": 4,
    "2 of 5 stars": 2,
    "1 star": 1,
    "3 Sterne": 3,
    "4 von 5 Sternen": 4,
    "4 van de 5 sterren": 4,
    "1 ster": 1,
    "2 T\u00c4HTE\u00c4": 2,
    "\u2605\u2605\u2605\u2605": 4,
    "\u2605\u2605\u2605\u2606\u2606": 3,
    "\u2b50\u2b50\u2b50\u2b50\u2b50": 5,
}


@pytest.mark.parametrize("text", ALONE)
def test_a_digit_alone_gives_stars(text: str) -> None:
    """However people write it, in any of our languages; what stands below is the comment."""
    assert Said(ALONE[text], "") == said_in(text)
    assert Said(ALONE[text], "Good, 2 of 3 worked.\n\nBob") == said_in(
        f"\n{text}\n\nGood, 2 of 3 worked.\n\nBob\n"
    )
    assert may_give_stars(f"On Monday we wrote:\n> 5 stars\n\n{text}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("5 stars, many Thanks!", Said(5, "many Thanks!")),
        ("2 Sterne -   viel  zu sp\u00e4t\nJan", Said(2, "viel zu sp\u00e4t\nJan")),
        ("4/5 stars. Good", Said(4, "Good")),
        ("5 thanks!", Said(5, "thanks!")),
        ("5, thank you very much!\nJan", Said(5, "thank you very much!\nJan")),
        ("4/5 - kiitos paljon", Said(4, "kiitos paljon")),
    ],
)
def test_whoever_says_that_it_is_stars_may_go_on(text: str, said: Said) -> None:
    """In the same line."""
    assert said == said_in(text)
    assert may_give_stars(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "6",
        "10",
        "5/10",
        "\u0665",
        "5 users cannot log in",
        "5, and now it crashes",
        "5 problems, thank you",
        "2 of the days, thanks",
        "5 thanks for nothing",
        "4 - 5, thanks",
        "1. It still crashes\n2. So does the other",
        "1) It crashes",
        "1 star is missing on the page",
        "I give you a 5",
        "We have 4 out of 5 machines that crash",
        "4 out of 5 crash",
        "1\nYes\n2\nNo",
        "1\nYes\n2.\nNo",
        "3\n\n\n4",
        "Hello,\n5",
        "-5",
        "5 %",
        "5 \u20ac",
        "\u2605" * 6,
    ],
)
def test_whatever_else_has_a_digit_gives_none(text: str) -> None:
    """It is an answer like any other, that somebody reads."""
    assert None is said_in(text)


@pytest.mark.parametrize("piece", ["5 ", "\u2605", "5 stars, ", "*", "5\n", "> 5\n", "von 5 "])
def test_long_texts_take_no_long_time(piece: str) -> None:
    """Each line is looked at once, and each character of it a few times at most."""
    text = piece * 50_000

    assert None is said_in(f"x{text}")
    assert may_give_stars(text) in {True, False}
