"""`casepost doctor`: what it prints, and its exit code."""

import json
from pathlib import Path

from lib.commands import Casepost
from lib.workbench import write_house
from servers import process


def test_the_command(tmp_path: Path, casepost: Casepost) -> None:
    """A table for people, an object for programs; exit code 1 if something does not work."""
    unheard = f"127.0.0.1:{process.free_port()}"
    house = write_house(tmp_path / "house", "sqlite:///casepost.db")
    house.write_text(
        f'{house.read_text()}\n[authenticity]\nnameservers = ["{unheard}"]\ndns_timeout = 0.2\n'
    )
    ended = casepost("doctor", "--json", "--config", str(house))
    found = json.loads(ended.out)
    assert (1, False) == (ended.code, found["works"])
    assert {"name": "dns", "state": "problem"} == {
        key: value
        for check in found["checks"]
        for key, value in check.items()
        if check["name"] == "dns" and key != "message"
    }
    ended = casepost("doctor", "--config", str(house))
    assert (1, True) == (ended.code, "no mail from outside can be verified" in ended.out)
