"""Every golden conversation of the shipped desks comes out as expected."""

from pathlib import Path

import pytest

from gateway.config.load import load
from gateway.conversation import Kind, coverage, play
from gateway.templates import load as load_templates
from gateway.templates import shipped_folder
from lib.plays import outcome, shared_folder

ROOT = Path(__file__).resolve().parents[1]
CONFIGURATION = load(ROOT / "config" / "casepost.toml")
FILES = sorted((ROOT / "config" / "desks").glob("*/conversations/*.toml"))
# What no conversation puts to use, and why.
_LEFT_OUT = {
    ("", Kind.TEMPLATE, "agent/flood"): "thirty strangers write; tests/way/test_floods.py",
    ("", Kind.TEMPLATE, "agent/incident"): "fifty people write; tests/way/test_incident.py",
    # What their sources do not say of them, they do not do; tests/test_sixth_desk.py does.
    ("", Kind.TEMPLATE, "agent/report"): "no report is mailed; tests/desks/kirjasto",
    ("", Kind.TEMPLATE, "agent/target-at-risk"): "nobody is warned; tests/desks/kirjasto",
    ("", Kind.TEMPLATE, "agent/target-missed"): "nobody is told; tests/desks/kirjasto",
    (
        "",
        Kind.TEMPLATE,
        "agent/rated",
    ): "low ratings are told to nobody; tests/way/test_feedback.py",
    ("", Kind.TEMPLATE, "agent/reminder"): "agents are not reminded; tests/way/test_agenda.py",
    ("", Kind.TEMPLATE, "customer/feedback"): "closing asks already; tests/way/test_feedback.py",
}


def _named(path: Path) -> str:
    return f"{path.parts[-3]}/{path.stem}"


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What came of conversations that were played already."""
    return shared_folder(tmp_path_factory)


@pytest.mark.parametrize("path", FILES, ids=_named)
def test_a_conversation_goes_as_expected(path: Path, kept: Path, tmp_path: Path) -> None:
    """What an admin wrote down is what happens."""
    assert () == outcome(path, CONFIGURATION, kept, tmp_path / "data").differences


@pytest.mark.thorough
@pytest.mark.parametrize("path", FILES, ids=_named)
def test_it_goes_so_on_postgresql(path: Path, tmp_path: Path, postgresql_house_url: str) -> None:
    """The same files run on both kinds of database."""
    played = play(path, CONFIGURATION, tmp_path / "data", postgresql_house_url)
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


@pytest.mark.timeout(600)  # It plays what no other test has played before.
def test_everything_of_a_desk_is_put_to_use(kept: Path, tmp_path: Path) -> None:
    """Rules, timers, targets and so on by a conversation of the desk, shared templates by any."""
    used = frozenset(
        part
        for number, path in enumerate(FILES)
        for part in outcome(path, CONFIGURATION, kept, tmp_path / str(number)).used
    )
    templates, _ = load_templates(
        CONFIGURATION.settings.templates, shipped_folder(), CONFIGURATION.desks
    )
    covered = coverage(CONFIGURATION.desks, templates, used)
    assert set(_LEFT_OUT) == {(c.desk, c.kind, name) for c in covered for name in c.left_out}
