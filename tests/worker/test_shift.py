"""How many mails a worker takes at once."""

from pathlib import Path

import pytest

from gateway.config.load import load
from gateway.house import open_house
from gateway.store.migrate import migrate
from gateway.worker.shift import Shift
from lib.workbench import Workbench, mail, write_house


def test_where_many_are_told_a_batch_is_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The news of each mail to each agent of the largest desk fit in a batch's time."""
    monkeypatch.setattr("gateway.worker.shift._MOST_TOLD", 5)
    path = write_house(tmp_path / "house", "sqlite:///casepost.db")
    desk = path.parent / "desks" / "north.toml"
    desk.write_text(f'{desk.read_text()}\n[[agent]]\naddress = "bo@north.example"\nname = "Bo"\n')
    house = open_house(load(path))
    migrate(house.database)
    bench = Workbench(house)
    for number in range(3):
        bench.deliver(mail(subject=f"Number {number}"))

    Shift(house, bench.now, bench.authenticate, lambda batch: [""] * len(batch)).one_batch()

    assert ["filed", "filed", "waiting"] == bench.states()
    house.database.close()
