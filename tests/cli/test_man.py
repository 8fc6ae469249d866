"""The manual page says what the help says."""

import shutil
import subprocess
from pathlib import Path

import pytest

from gateway.cli.commands import MODULES
from manual.page import written

PAGE = Path(__file__).resolve().parents[2] / "docs" / "man" / "casepost.1"


def test_the_page_is_what_the_help_says() -> None:
    """Where they differ, `make man` writes it anew."""
    assert PAGE.read_text() == written()


def test_every_command_is_on_the_page() -> None:
    """With the exit codes, and files of secrets."""
    page = PAGE.read_text()
    headings = [line for line in page.splitlines() if line.startswith(".SS ")]
    assert set(MODULES) == {line.split()[2] for line in headings}


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not on this machine")
def test_the_page_is_sound_roff() -> None:
    """Nothing in it is a request that nobody knows."""
    ended = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", "-z", str(PAGE)], capture_output=True, check=False
    )
    assert (0, b"") == (ended.returncode, ended.stderr)
