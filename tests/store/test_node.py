"""A node is a machine with a data folder, whatever either is called."""

import os
import shutil
from pathlib import Path

import pytest

from gateway.store.node import name_node
from lib.workbench import Workbench, mail


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """The file with a machine's id."""
    path = tmp_path / "machine-id"
    path.write_text("0123456789abcdef0123456789abcdef\n")
    return path


def test_a_node_keeps_its_name(tmp_path: Path, machine: Path) -> None:
    """Each process on the same folder, and each start, gives the same."""
    first, second = (name_node(tmp_path, "mx", os.urandom, machine) for _ in range(2))

    assert first == second
    hostname, _, identity = first.rpartition("-")
    assert ("mx", 8) == (hostname, len(bytes.fromhex(identity)) * 2)


def test_two_folders_are_two_nodes(tmp_path: Path, machine: Path) -> None:
    """On one machine, or on two of one name."""
    names = {name_node(tmp_path / name, "mx", os.urandom, machine) for name in ("a", "b")}

    assert 2 == len(names)


def test_a_copied_folder_on_another_machine_is_another_node(tmp_path: Path, machine: Path) -> None:
    """The copy has the key, and not the machine."""
    original = name_node(tmp_path / "a", "mx", os.urandom, machine)
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    other_machine = tmp_path / "other-machine-id"
    other_machine.write_text("fedcba9876543210fedcba9876543210\n")

    assert original == name_node(tmp_path / "b", "mx", os.urandom, machine)
    assert original != name_node(tmp_path / "b", "mx", os.urandom, other_machine)


def test_a_machine_without_an_id_is_a_node_too(tmp_path: Path) -> None:
    """The key tells enough, as long as nobody copies it."""
    names = {name_node(tmp_path, "mx", os.urandom, tmp_path / "none") for _ in range(2)}

    assert 1 == len(names)


def test_a_name_fits_into_the_ledger(bench: Workbench, machine: Path) -> None:
    """However long the machine's own is (RFC 1035: up to 253 characters)."""
    name = name_node(bench.house.data, "mx." * 84, os.urandom, machine)

    assert len(name) <= 100


def test_the_ledger_and_claims_bear_the_name_of_the_node(bench: Workbench) -> None:
    """So that two machines of one hostname count apart, and free only what is their own."""
    bench.deliver(mail())
    bench.claim()

    (row,), (spooled,) = bench.rows("ledger"), bench.rows("spool")
    assert row["node"].startswith("mx.test-")
    assert [bench.house.node, row["node"]] == [row["node"], spooled["claimed_by"].split("/")[0]]
