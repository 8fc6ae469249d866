"""A desk that nobody thought of when the program was written: files alone make it work."""

from pathlib import Path

import pytest

from gateway.config.load import load
from gateway.conversation import coverage
from gateway.templates import load as load_templates
from gateway.templates import shipped_folder
from lib.plays import outcome, shared_folder

FOLDER = Path(__file__).parent / "desks" / "kirjasto"
CONFIGURATION = load(FOLDER / "casepost.toml")
CONVERSATIONS = sorted((FOLDER / "conversations").glob("*.toml"))


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What came of conversations that were played already."""
    return shared_folder(tmp_path_factory)


@pytest.mark.parametrize("path", CONVERSATIONS, ids=lambda path: path.stem)
def test_its_conversations_go_as_expected(path: Path, kept: Path, tmp_path: Path) -> None:
    """A tree of three steps, cards that are orders, groups, silence, and what time brings."""
    assert () == outcome(path, CONFIGURATION, kept, tmp_path / "data").differences


def test_all_that_it_has_is_put_to_use(kept: Path, tmp_path: Path) -> None:
    """Its nights, holidays, warnings and several levels of escalation, too."""
    used = frozenset(
        part
        for number, path in enumerate(CONVERSATIONS)
        for part in outcome(path, CONFIGURATION, kept, tmp_path / str(number)).used
    )
    templates, _ = load_templates(
        CONFIGURATION.settings.templates, shipped_folder(), CONFIGURATION.desks
    )
    covered = [one for one in coverage(CONFIGURATION.desks, templates, used) if one.desk]
    assert [] == [(one.kind, name) for one in covered for name in one.left_out]
    assert all(one.parts for one in covered)


def test_its_templates_are_sound() -> None:
    """In both of its languages, beside the shipped ones."""
    _, findings = load_templates(
        CONFIGURATION.settings.templates, shipped_folder(), CONFIGURATION.desks
    )
    assert () == findings
