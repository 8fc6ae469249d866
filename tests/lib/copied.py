"""A house with some mail, and the same house on restored data."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from gateway.config.load import load
from gateway.house import open_house
from lib.workbench import Workbench, mail

LARGE = 600 * 1024
DAY = timedelta(days=1)


def fill(bench: Workbench) -> None:
    """Have three cases, one of them opened by a large mail."""
    for number, body in enumerate(("White.", "Grey.", ("x" * 70 + "\n") * (LARGE // 71)), 1):
        text = mail(author=f"c{number}@klant.example", subject=f"Page {number}", body=body)
        bench.deliver(text, sender=f"c{number}@klant.example")
    bench.work()


@contextmanager
def restored(bench: Workbench, data: Path, url: str = "") -> Iterator[Workbench]:
    """Open the same house on restored data."""
    configuration = load(bench.house.path)
    settings = configuration.settings
    own = replace(settings.database, url=url or settings.database.url)
    raw = replace(settings.raw, folder=data / "large")
    settings = replace(settings, data=data, database=own, raw=raw)
    house = open_house(replace(configuration, settings=settings))
    try:
        opened = Workbench(house)
        opened.time = bench.time + DAY
        yield opened
    finally:
        house.database.close()


def numbers(bench: Workbench) -> list[int]:
    """Give the running numbers of all cases."""
    return [int(row["number"][3:7]) for row in bench.rows("tickets")]
