"""Large mails in an object store: left there, or copied, and erased there as well."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.config.load import load
from gateway.house import open_house
from lib.commands import Casepost
from lib.copied import fill, restored
from lib.workbench import Workbench, make_tables, write_house
from servers.object_store import object_store, table, write_keys

CONFIG = ("--config", "house/casepost.toml")


@contextmanager
def with_objects(folder: Path) -> Iterator[Workbench]:
    """Open a house whose large mails are objects."""
    with object_store() as store:
        path = write_house(folder / "house", "sqlite:///casepost.db")
        write_keys(path.parent)
        with path.open("a") as file:
            file.write(table(store.url, store.bucket()))
        house = open_house(load(path))
        make_tables(house.database)
        try:
            yield Workbench(house)
        finally:
            house.database.close()


@pytest.mark.thorough
def test_objects_are_left_or_copied(casepost: Casepost, tmp_path: Path) -> None:
    """As one asks; what was copied is read from the folder of the restored house."""
    with with_objects(tmp_path) as bench:
        fill(bench)
        plain = json.loads(casepost("backup", "copy", "--json", *CONFIG).out)
        assert (False, []) == (plain["has_large_mails"], plain["faults"])
        assert {"access", "secret"} <= set(plain["left_out"])
        whole = json.loads(casepost("backup", "whole", "--with-objects", "--json", *CONFIG).out)
        assert (True, [], 1) == (whole["has_large_mails"], whole["faults"], whole["large_mails"])
        assert 0 == casepost("backup", "whole", "--verify").code
        assert 0 == casepost("restore", "whole", "--to", "new").code
        with restored(bench, Path("new").resolve()) as again:
            assert 1 == len(list((again.house.data / "large").glob("*/*")))


@pytest.mark.thorough
def test_an_erased_object_is_gone(casepost: Casepost, tmp_path: Path) -> None:
    """At once, from the store itself."""
    with with_objects(tmp_path) as bench:
        fill(bench)
        place = bench.house.large.places[0]
        assert 1 == len(place.page("", 10).stored)
        erased = casepost("erase", "c3@klant.example", "--confirm", "c3@klant.example", *CONFIG)
        assert (0, "") == (erased.code, erased.err)
        assert () == place.page("", 10).stored
