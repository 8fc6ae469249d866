"""Every golden conversation of the shipped desks comes out as expected, on each database."""

from pathlib import Path

import pytest

from gateway.config.load import load
from gateway.conversation import play

ROOT = Path(__file__).resolve().parents[1]
CONFIGURATION = load(ROOT / "config" / "casepost.toml")
FILES = sorted((ROOT / "config" / "desks").glob("*/conversations/*.toml"))


@pytest.mark.parametrize("path", [pytest.param(p, id=f"{p.parts[-3]}/{p.stem}") for p in FILES])
def test_a_conversation_goes_as_expected(path: Path, tmp_path: Path, database_url: str) -> None:
    """What an admin wrote down is what happens."""
    played = play(path, CONFIGURATION, tmp_path / "data", database_url)
    assert [] == [str(difference) for difference in played.differences]


def test_the_page_about_conversations_shows_one_that_works(tmp_path: Path) -> None:
    """The example of `docs/golden-conversations.md` is a conversation of a shipped desk."""
    page = (ROOT / "docs" / "golden-conversations.md").read_text()
    path = tmp_path / "example.toml"
    path.write_text(page.partition("```toml\n")[2].partition("```")[0])
    assert () == play(path, CONFIGURATION, tmp_path / "data").differences


@pytest.mark.parametrize("desk", [desk.name for desk in CONFIGURATION.desks])
def test_each_desk_has_its_conversations(desk: str) -> None:
    """A desk is proven by at least three conversations, which are about it."""
    own = [path for path in FILES if path.parts[-3] == desk]
    assert len(own) >= 3
    assert all(f'desk = "{desk}"' in path.read_text() for path in own)
