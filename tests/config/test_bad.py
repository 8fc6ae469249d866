"""Broken configurations, one a folder: what the admin reads is exactly what the folder says.

A folder holds only what is broken; `sound/` has the rest. `expected-error` has every finding.
"""

import shutil
from pathlib import Path

import pytest

from gateway.config.load import load
from gateway.errors import Misconfigured

HERE = Path(__file__).parent
FOLDERS = sorted((HERE / "bad").iterdir())


def findings_of(folder: Path) -> list[str]:
    """Load the configuration in a folder; give its findings with paths relative to it."""
    with pytest.raises(Misconfigured) as refused:
        load(folder / "casepost.toml")
    return [str(finding).removeprefix(f"{folder}/") for finding in refused.value.findings]


@pytest.mark.parametrize("folder", [pytest.param(f, id=f.name) for f in FOLDERS])
def test_a_broken_configuration_is_refused_in_plain_words(folder: Path, tmp_path: Path) -> None:
    """Each finding names file and line, in a sentence that an admin can act on."""
    shutil.copytree(HERE / "sound", tmp_path, dirs_exist_ok=True)
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    found = findings_of(tmp_path)
    expected = (folder / "expected-error").read_text().splitlines()
    assert expected == [line.replace(f"{tmp_path}/", "") for line in found]


def test_there_are_enough_broken_configurations() -> None:
    """The table is not lost by a wrong path."""
    assert len(FOLDERS) >= 80


def test_what_the_others_are_measured_by_is_sound() -> None:
    """The files that complete each broken folder load by themselves."""
    assert ["desk"] == [desk.name for desk in load(HERE / "sound" / "casepost.toml").desks]
