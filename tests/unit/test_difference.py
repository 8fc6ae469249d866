"""Two texts compared line by line."""

from gateway.console.templates.difference import Line, Mark, difference


def test_what_differs_stands_between_a_few_lines_that_do_not() -> None:
    """Each with its number in the text that it is in; what is far away is left out."""
    before = "\n".join(str(n) for n in range(1, 21))
    after = before.replace("10", "ten").replace("\n20", "")
    found = difference(before, after)
    assert found is not None
    said = [(line.mark.value, line.text, line.number) for line in found]
    assert [
        ("same", "7", 7),
        ("same", "8", 8),
        ("same", "9", 9),
        ("removed", "10", 10),
        ("added", "ten", 10),
        ("same", "11", 11),
        ("same", "12", 12),
        ("same", "13", 13),
        ("gap", "", 0),
        ("same", "17", 17),
        ("same", "18", 18),
        ("same", "19", 19),
        ("removed", "20", 20),
    ] == said


def test_the_same_is_no_difference_and_the_end_of_a_line_is_one() -> None:
    """Both as a file would have it."""
    assert () == difference("a\n", "a\n")
    assert (Line(Mark.SAME, "a", 1), Line(Mark.ADDED, "", 2)) == difference("a", "a\n")


def test_what_would_take_long_is_not_compared() -> None:
    """However it is made."""
    assert difference("\n" * 60_000, "x") is None
