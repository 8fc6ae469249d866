"""What `make faults` prints and how it ends follows from what held; none of it can only go well."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from faults import __main__ as program
from faults.fault import Broken, Fault, Group, Held, NotRun, must
from faults.tabled import summary, table
from faults.trying import try_all


@dataclass
class Site:
    """What faults are tried on; `wrong` is what its check finds."""

    wrong: str = ""
    tried: list[str] = field(default_factory=list)

    def check(self) -> None:
        """Find what is wrong."""
        must(not self.wrong, self.wrong)


def group(*faults: Fault[Site]) -> tuple[Group[Site], list[Site]]:
    """Make a group, and a list of what it opens."""
    opened: list[Site] = []

    @contextmanager
    def opens() -> Iterator[Site]:
        opened.append(Site())
        yield opened[-1]

    return Group("disk", opens, list(faults)), opened


def _nothing(site: Site) -> None:
    site.tried.append("nothing")


def _loses(site: Site) -> None:
    site.wrong = "a mail is lost"


def _breaks(_: Site) -> None:
    raise Broken("a client heard 250")


def _hangs(_: Site) -> None:
    raise TimeoutError("the end: not within 20 s")


def _cannot(_: Site) -> None:
    raise NotRun("only root can")


HELD = Fault("full", "452", _nothing)
LOST = Fault("lost", "nothing is lost", _loses)
BROKEN = Fault("broken", "451", _breaks)
HUNG = Fault("hung", "in time", _hangs)
NOT_RUN = Fault("not here", "as root", _cannot)


def test_each_fault_is_a_row() -> None:
    """What it says, what was found afterwards, what never came, and what could not be tried."""
    made, opened = group(HELD, LOST, BROKEN, HUNG, NOT_RUN, HELD)
    told: list[str] = []

    rows = try_all([made], "", 1, lambda row: told.append(row.fault))

    assert [
        ("disk: full", Held.HELD, "452"),
        ("disk: lost", Held.BROKEN, "Broken: a mail is lost"),
        ("disk: broken", Held.BROKEN, "Broken: a client heard 250"),
        ("disk: hung", Held.BROKEN, "TimeoutError: the end: not within 20 s"),
        ("disk: not here", Held.NOT_RUN, "only root can"),
        ("disk: full", Held.HELD, "452"),
    ] == [(row.fault, row.held, row.said) for row in rows]
    assert [row.fault for row in rows] == told
    assert 4 == len(opened)


def test_the_table_and_its_summary_say_the_same() -> None:
    """A line for people and an object for programs."""
    made, _ = group(HELD, BROKEN, NOT_RUN)
    rows = try_all([made], "", 1, lambda _: None)
    lines = table(rows).splitlines()
    assert ["held", "BROKEN", "not run"] == [
        word for line in lines for word in Held if f"  {word} " in line
    ]
    found = json.loads(summary(rows, 1.0))
    assert (3, 1, 1, 1) == tuple(found[name] for name in ("faults", "held", "broken", "not_run"))


@pytest.mark.parametrize(
    ("fault", "options", "code"),
    [
        (HELD, [], 0),
        (BROKEN, [], 1),
        (LOST, [], 1),
        (NOT_RUN, [], 0),
        (NOT_RUN, ["--all"], 1),
        (HELD, ["--only", "no such words"], 2),
        (BROKEN, ["--only", "DISK: bro"], 1),
    ],
)
def test_how_it_ends(
    monkeypatch: pytest.MonkeyPatch, fault: Fault[Site], options: list[str], code: int
) -> None:
    """0 if all held, 1 if one did not, 2 if nothing was chosen."""
    made, _ = group(fault)
    monkeypatch.setattr(program, "_GROUPS", (made,))
    assert code == program.main(options)
