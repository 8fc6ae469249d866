"""What people and templates are told of commands is true of all of them."""

import re
from pathlib import Path

import pytest

from gateway.desk.commands import carry_out
from gateway.desk.commands.grammar import MAX_COMMANDS, MAX_LINE
from gateway.desk.commands.model import CommandOutcome
from gateway.desk.commands.usage import USAGES

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "agents.md").read_text()
TRANSCRIPTS = sorted((ROOT / "templates").glob("*/agent/transcript/body.txt"))


def test_the_page_lists_the_commands() -> None:
    """`docs/agents.md` has a row for each, written as help writes it, in the same order."""
    rows = re.findall(r"^\| `(#(?:[^`])+)` \| \S", PAGE, re.MULTILINE)

    assert [str(usage) for usage in USAGES] == [row.replace("\\|", "|") for row in rows]


def test_the_page_names_the_bounds() -> None:
    """How many commands of which length a mail may have."""
    assert f"At most {MAX_COMMANDS} commands of {MAX_LINE} characters" in PAGE


def test_each_command_is_carried_out() -> None:
    """None is only talked about, and none is done that is not listed."""
    assert [usage.name for usage in USAGES] == list(carry_out.ACTS)


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.parts[-4])
def test_a_transcript_has_words_for_every_outcome_and_command(path: Path) -> None:
    """In each language."""
    text = path.read_text()
    asked = set(re.findall(r'line\.outcome == "([a-z-]+)"', text))
    helped = set(re.findall(r'line\.value == "([a-z-]+)"', text))

    assert {outcome.value for outcome in CommandOutcome} == asked
    assert {usage.name for usage in USAGES} <= helped
