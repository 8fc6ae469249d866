"""Mail of others, read: within time and memory, and as its sources expect where they say so."""

import os
from pathlib import Path

import pytest
from corpus import reasons
from corpus.outcome import Outcome, outcome

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / os.environ.get("CORPUS", "no-such-folder")


@pytest.fixture(scope="module")
def found() -> Outcome:
    """Read the folder that CORPUS names, once."""
    if not FOLDER.is_dir():
        pytest.skip(f"there is no folder {FOLDER}: set CORPUS")
    return outcome(FOLDER, reasons.load(Path(__file__).with_name("reasons.toml")), ())


@pytest.mark.xdist_group("corpus")
def test_every_mail_is_read_in_time(found: Outcome) -> None:
    """No mail raises, takes over two seconds, or needs more memory than it may."""
    assert [] == found.swept.broken
