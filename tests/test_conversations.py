"""Every golden conversation of the shipped desks comes out as expected."""

from pathlib import Path

import pytest

from gateway.config.load import load
from gateway.conversation import play

ROOT = Path(__file__).resolve().parents[1]
CONFIGURATION = load(ROOT / "config" / "casepost.toml")
FILES = sorted((ROOT / "config" / "desks").glob("*/conversations/*.toml"))
# Those in which the store does most: several tickets in one decision, searches, holds, bounces.
_ON_BOTH = ("commands-merge", "duplicates", "crash-signature", "forwarded", "on-hold", "bounce")
ON_BOTH = [path for path in FILES if path.stem.startswith(_ON_BOTH)]


def _named(path: Path) -> str:
    return f"{path.parts[-3]}/{path.stem}"


def _goes_as_expected(path: Path, folder: Path, database_url: str | None = None) -> None:
    played = play(path, CONFIGURATION, folder, database_url)
    assert [] == [str(difference) for difference in played.differences]


@pytest.mark.parametrize("path", FILES, ids=_named)
def test_a_conversation_goes_as_expected(path: Path, tmp_path: Path) -> None:
    """What an admin wrote down is what happens."""
    _goes_as_expected(path, tmp_path / "data")


@pytest.mark.parametrize("path", ON_BOTH, ids=_named)
def test_it_goes_so_on_postgresql(path: Path, tmp_path: Path, postgresql_url: str) -> None:
    """The same files run on both kinds of database."""
    _goes_as_expected(path, tmp_path / "data", postgresql_url)


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
