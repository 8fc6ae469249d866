"""keys: what signs reply addresses is listed and renewed."""

import json
from datetime import datetime
from pathlib import Path

from gateway.config.load import load
from gateway.house import open_house
from lib.commands import Casepost
from lib.workbench import write_house

CONFIG = ("--config", "house/casepost.toml")
JAN = "jan@klant.example"


def test_the_first_start_makes_a_key(casepost: Casepost, tmp_path: Path) -> None:
    """Before it there is none, and that is said."""
    write_house(tmp_path / "house", "sqlite:///casepost.db")
    assert "[]\n" == casepost("keys", "list", "--json", *CONFIG).out
    assert "no keys yet" in casepost("keys", "list", *CONFIG).out

    open_house(load(tmp_path / "house" / "casepost.toml")).database.close()

    (key,) = json.loads(casepost("keys", "list", "--json", *CONFIG).out)
    assert (1, True) == (key["id"], key["signs"])
    assert Path(key["file"]).is_file()
    assert datetime.fromisoformat(key["made_at"]).tzinfo is not None


def test_a_new_key_signs_and_the_old_one_verifies(casepost: Casepost, tmp_path: Path) -> None:
    """Until its file is removed."""
    config = write_house(tmp_path / "house", "sqlite:///casepost.db")
    house = open_house(load(config))
    old = house.reply_addresses.issue("help@north.example", "c", 7, "ticket:1", JAN)
    house.database.close()

    ended = casepost("keys", "rotate", *CONFIG)

    assert (0, "Key 2 signs reply addresses from the next start of the daemon on.\n") == (
        ended.code,
        ended.out,
    )
    assert "signs and verifies" in casepost("keys", "list", *CONFIG).out
    listed = json.loads(casepost("keys", "list", "--json", *CONFIG).out)
    assert [(1, False), (2, True)] == [(key["id"], key["signs"]) for key in listed]
    house = open_house(load(config))
    new = house.reply_addresses.issue("help@north.example", "c", 7, "ticket:1", JAN)
    clues = house.reply_addresses.find([old, new])
    house.database.close()
    assert ["1", "2"] == [clue.key for clue in clues]
    assert all(house.reply_addresses.confirm(clue, "ticket:1", JAN) for clue in clues)

    (house.data / "keys" / "reply-address.1").unlink()
    house = open_house(load(config))
    confirmed = [house.reply_addresses.confirm(clue, "ticket:1", JAN) for clue in clues]
    house.database.close()
    assert [False, True] == confirmed
