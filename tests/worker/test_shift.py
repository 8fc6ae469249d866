"""How many mails a worker takes at once, and what is no mail's fault."""

import errno
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

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


def test_what_the_machine_lacks_is_charged_to_no_mail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often: a mail waits, and is filed as what it is once there is room."""

    def fail(*_: object) -> NoReturn:
        raise OSError(errno.EMFILE, "Too many open files")

    house = open_house(load(write_house(tmp_path / "house", "sqlite:///casepost.db")))
    migrate(house.database)
    bench = Workbench(house)
    bench.deliver(mail())
    shift = Shift(house, bench.now, bench.authenticate, lambda batch: [""] * len(batch))
    with monkeypatch.context() as patch:
        patch.setattr("gateway.intake.take_in", fail)
        for _ in range(4):
            assert not shift.one_batch()
            bench.time += timedelta(minutes=1)
    assert (["waiting"], [0]) == (bench.states(), [row["attempts"] for row in bench.rows("spool")])

    assert shift.one_batch()
    assert (["filed"], ["opened"]) == (
        bench.states(),
        [row["reason"] for row in bench.rows("spool")],
    )
    house.database.close()
