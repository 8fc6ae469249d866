"""What a desk's rules do to cases and to mail, on the whole way: each action by a conversation."""

from pathlib import Path

import pytest

from gateway.config.load import load
from gateway.conversation import play

FOLDER = Path(__file__).parent / "ruled"


@pytest.mark.parametrize(
    "path", sorted((FOLDER / "conversations").glob("*.toml")), ids=lambda path: path.stem
)
def test_rules_do_what_they_say(path: Path, tmp_path: Path) -> None:
    """As the conversation tells."""
    played = play(path, load(FOLDER / "casepost.toml"), tmp_path / "data")

    assert [] == [str(difference) for difference in played.differences]
