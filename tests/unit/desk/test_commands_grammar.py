"""What the first lines of an agent's mail ask for, however their mail program wrote them."""

import random
import time

import pytest

from gateway.desk.commands.grammar import MAX_COMMANDS, MAX_LINE, has_note_below, read
from gateway.desk.commands.model import Command, Commanded
from gateway.desk.commands.usage import USAGES, Takes, nearest

CLOSE = Command("close", "")
TAKE = Command("take", "")


def commands(*written: str) -> tuple[Command, ...]:
    """Give commands from `name argument`."""
    return tuple(Command(*(f"{one} ".split(" ", 1)[0], one.partition(" ")[2])) for one in written)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Commanded()),
        ("Hello Jan,\n#close", Commanded((), "Hello Jan,\n#close")),
        ("#close", Commanded((CLOSE,))),
        ("#close\n#take\n\nHello Jan", Commanded((CLOSE, TAKE), "Hello Jan")),
        ("\n\n#close\n\n\n#take\nHello", Commanded((CLOSE, TAKE), "Hello")),
        ("#Close\n#TAKE", Commanded((CLOSE, TAKE))),
        ("#status In Progress\ntext", Commanded(commands("status In Progress"), "text")),
        ("#status: In Progress", Commanded(commands("status In Progress"))),
        ("#status:Open", Commanded(commands("status Open"))),
        ("#close.\n#take!", Commanded((CLOSE, TAKE))),
        ("#1 is the first step", Commanded((), "#1 is the first step")),
        ("# heading\n#close", Commanded((), "# heading\n#close")),
        ("#!shebang", Commanded((), "#!shebang")),
        ("#", Commanded((), "#")),
        ("#close\n#1 remains\n#take", Commanded((CLOSE,), "#1 remains\n#take")),
        ("#note", Commanded(commands("note"))),
        (
            "#note calls back\n#close\nat five",
            Commanded((*commands("note"), CLOSE), "calls back\nat five"),
        ),
        ("#close\r\n#take\r\nHello", Commanded((CLOSE, TAKE), "Hello")),
    ],
)
def test_commands_are_the_first_lines(text: str, expected: Commanded) -> None:
    """Blank lines may stand between them; the first other line begins the text."""
    assert expected == read(text)


@pytest.mark.parametrize(
    "line",
    [
        "#status In Progress",
        "   #status In Progress   ",
        "\t#status\tIn  Progress",
        "\u00a0#status\u00a0In\u00a0Progress\u00a0",
        "&nbsp;#status In&nbsp;Progress",
        "\ufeff#status In Progress",
        "\u200b\u2060#status In Progress\u200b",
        "\u2022 #status In Progress",
        "\u00b7 #status In Progress",
        "* #status In Progress",
        "- #status In Progress",
        "*#status In Progress*",
        "*#status* In Progress",
        "**#status** In Progress",
        "\uff03status In Progress",
        "\ufe5fstatus In Progress",
        "\\#status In Progress",
        "#STATUS In Progress",
    ],
)
def test_what_mail_programs_do_to_a_line_does_no_harm(line: str) -> None:
    """Blanks, bullets, bold marks, other number signs and what cannot be seen do not matter."""
    assert Commanded(commands("status In Progress"), "Hello") == read(f"{line}\nHello")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("#cc a@x.example<mailto:a@x.example>", "cc a@x.example"),
        ("#cc a@x.example <mailto:a@x.example>", "cc a@x.example"),
        ("#cc <mailto:a@x.example>", "cc a@x.example"),
        ("#cc A <a@x.example>", "cc A <a@x.example>"),
        ("#cc a@x.example,\nb@x.example", "cc a@x.example, b@x.example"),
        ("#defect 7 https://b.example/7<https://b.example/7>", "defect 7 https://b.example/7"),
        ("#defect 7 https://b.example/7 <https://b.example/7>", "defect 7 https://b.example/7"),
        ("#defect 7 b.example/7<http://b.example/7>", "defect 7 http://b.example/7"),
        ("#defect 7\nhttps://b.example/7", "defect 7 https://b.example/7"),
        ("#duplicate\u2011of AC-1", "duplicate-of AC-1"),
        ("#duplicate\u2013of AC-1", "duplicate-of AC-1"),
        ("#duplicate_of AC-1", "duplicate-of AC-1"),
    ],
)
def test_links_and_wrapped_lines_are_put_together(line: str, expected: str) -> None:
    """What a program wrote twice, or wrapped, is read as it was meant."""
    assert Commanded(commands(expected), "Hello") == read(f"{line}\n\nHello")


@pytest.mark.parametrize(
    "text",
    [
        "#cc a@x.example\n\nb@x.example is on holiday",
        "#cc a@x.example\n\nb@x.example",
        "#defect 7 https://b.example/7\nhttps://b.example/8",
        "#close\nhttps://b.example/8",
    ],
)
def test_a_line_that_was_not_wrapped_is_text(text: str) -> None:
    """What stands below a command is put to it only where it can be nothing else."""
    first, _, rest = text.partition("\n")
    assert Commanded(commands(first.removeprefix("#")), rest.strip()) == read(text)


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("#thanks for waiting\nHello", ("#thanks for waiting",)),
        ("#clsoe\nHello", ("#clsoe",)),
        ("#close\n#reslove\n#take\nHello", ("#reslove",)),
        ("#r\u00e9sum\u00e9\nHello", ("#r\u00e9sum\u00e9",)),
        ("#c++ is fine\nHello", ("#c++ is fine",)),
    ],
)
def test_what_looks_like_a_command_and_is_none_is_unknown(
    text: str, unknown: tuple[str, ...]
) -> None:
    """It is never sent as text."""
    found = read(text)

    assert (unknown, "Hello") == (found.unknown, found.text)


def test_there_may_be_so_many_commands_and_no_more() -> None:
    """The first beyond the bound is unknown."""
    assert Commanded((CLOSE,) * MAX_COMMANDS, "Hello") == read("#close\n" * MAX_COMMANDS + "Hello")
    found = read("#close\n" * (MAX_COMMANDS + 3) + "Hello")
    assert (MAX_COMMANDS, ("#close",)) == (len(found.commands), found.unknown)


def test_a_line_may_be_so_long_and_no_longer() -> None:
    """One that is longer is unknown, and is not kept whole."""
    fits = "#status " + "x" * (MAX_LINE - len("#status "))

    assert ("x" * (MAX_LINE - len("#status ")),) == tuple(c.argument for c in read(fits).commands)
    found = read(f"{fits}x\nHello")
    assert ((), (f"{fits}x"[: MAX_LINE + 1],), "Hello") == (
        found.commands,
        found.unknown,
        found.text,
    )
    assert MAX_LINE + 1 == len(read(fits * 9).unknown[0])


def test_nothing_that_was_written_is_lost() -> None:
    """Commands, unknown lines and text together are the mail's lines, whatever they are."""
    draw = random.Random(4)  # noqa: S311  for texts, not for secrets
    pieces = ["#close", "#take", "#foo bar", "text", "", "  ", "# x", "#1", "> #close", "\u2022 a"]
    for _ in range(300):
        lines = [draw.choice(pieces) for _ in range(draw.randint(0, 12))]
        found = read("\n".join(lines))
        again = [*map(str, found.commands), *found.unknown, *found.text.split("\n")]
        wanted = sorted(line.strip() for line in lines if line.strip())
        assert wanted == sorted(line.strip() for line in again if line.strip())
        assert found.text in "\n".join(lines)


def test_reading_is_linear() -> None:
    """A lot of anything takes no time worth speaking of."""
    hostile = ["#" * 10**5, "* " * 10**5, "\n" * 10**5, "#a\n" * 10**5, "\u200b" * 10**5]
    hostile += ["#cc " + "a@b " * 10**5, "#cc a@b\n" + "a@b\n" * 10**5, " " * 10**5 + "#close"]
    started = time.process_time()
    for text in hostile:
        read(text)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("word", "suggested"),
    [
        ("clsoe", "#close"),
        ("CLOSED", "#close"),
        ("merg", "#merge"),
        ("thanks", ""),
        ("x" * 400, ""),
    ],
)
def test_the_nearest_command_is_suggested(word: str, suggested: str) -> None:
    """None is where none is near."""
    assert suggested == nearest(word)


def test_help_shows_how_each_command_is_written() -> None:
    """Whatever takes words says which."""
    assert all(bool(usage.argument) is (usage.takes is not Takes.NOTHING) for usage in USAGES)
    assert len(USAGES) == len({usage.name for usage in USAGES})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello Jan,\n\n#note\nHe is annoying.", True),
        ("Hello Jan,\n  # Note: he is annoying.", True),
        ("[#note]\nHe is annoying.", True),
        ("Hello Jan,\nsee the #note below.", False),
        ("#notebook is the word.", False),
        ("Note: it is white.", False),
        ("#" * 100_000, False),
        ("#\n" * 100_000, False),
        ("", False),
    ],
)
def test_a_note_below_the_text_is_seen(text: str, expected: bool) -> None:  # noqa: FBT001
    """However it is written, if it begins its line."""
    assert expected is has_note_below(text)
