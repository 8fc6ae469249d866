"""Mail of others, read: within time and memory, and as its sources expect where they say so."""

import os
from pathlib import Path

import pytest

from corpus import reasons
from corpus.outcome import outcome

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / os.environ.get("CORPUS", "no-such-folder")


@pytest.mark.skipif(not FOLDER.is_dir(), reason="CORPUS names no folder of mail")
def test_mail_of_others_is_read_as_its_sources_expect() -> None:
    """Nothing raises or takes too long; machines are known; each disagreement has a reason.

    One test, since all of it comes of one reading.
    """
    found = outcome(FOLDER, reasons.load(Path(__file__).with_name("reasons.toml")), ())
    differing = [f"{v.check} ({v.how}): {v.what}" for v in found.unexplained()]
    assert [] == found.failures() + differing
