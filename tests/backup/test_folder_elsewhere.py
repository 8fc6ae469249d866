"""A house whose large mails are in a folder of their own: copied, restored, exported, erased."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.config.load import load
from gateway.house import open_house
from lib.commands import Casepost
from lib.copied import LARGE, fill, restored
from lib.workbench import Workbench, make_tables, write_house

CONFIG = ("--config", "house/casepost.toml")
WRITER = "c3@klant.example"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A house with `folder` in `[raw]`."""
    path = write_house(tmp_path / "house", "sqlite:///casepost.db")
    with path.open("a") as file:
        file.write(f'\n[raw]\nfolder = "{tmp_path}/elsewhere"\n')
    house = open_house(load(path))
    make_tables(house.database)
    yield Workbench(house)
    house.database.close()


def test_large_mails_in_a_folder_of_their_own(
    casepost: Casepost, bench: Workbench, tmp_path: Path
) -> None:
    """They are in the backup and in the export; erasing removes them where they are."""
    fill(bench)
    (kept,) = (tmp_path / "elsewhere").glob("*/*")
    made = json.loads(casepost("backup", "copy", "--json", *CONFIG).out)
    assert (True, [], 1) == (made["has_large_mails"], made["faults"], made["large_mails"])

    told = casepost("restore", "copy", "--to", "new")
    assert (0, True) == (told.code, "Large mails are in new/large" in told.out)
    with restored(bench, Path("new").resolve()) as again:
        assert kept.name in {path.name for path in (again.house.data / "large").glob("*/*")}

    assert 0 == casepost("export", WRITER, "--to", "person.zip", *CONFIG).code
    with zipfile.ZipFile("person.zip") as file:
        assert LARGE < max(one.file_size for one in file.infolist())
    erased = casepost("erase", WRITER, "--confirm", WRITER, *CONFIG)
    assert (0, "", False) == (erased.code, erased.err, kept.exists())
