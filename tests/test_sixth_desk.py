"""A desk that nobody thought of when the program was written: files alone make it work."""

from pathlib import Path

import pytest

from gateway.config.load import load
from gateway.conversation import play
from gateway.templates import load as load_templates
from gateway.templates import shipped_folder

FOLDER = Path(__file__).parent / "desks" / "kirjasto"
CONFIGURATION = load(FOLDER / "casepost.toml")
CONVERSATIONS = sorted((FOLDER / "conversations").glob("*.toml"))


@pytest.mark.parametrize("path", CONVERSATIONS, ids=lambda path: path.stem)
def test_its_conversations_go_as_expected(path: Path, tmp_path: Path) -> None:
    """A tree of three steps, cards that are orders, groups, mail that waits, and silence."""
    played = play(path, CONFIGURATION, tmp_path / "data")
    assert [] == [str(difference) for difference in played.differences]


def test_its_templates_are_sound() -> None:
    """In both of its languages, beside the shipped ones."""
    _, findings = load_templates(
        CONFIGURATION.settings.templates, shipped_folder(), CONFIGURATION.desks
    )
    assert () == findings
