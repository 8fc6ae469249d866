"""What is asked after each fault finds every way in which mail can be lost or doubled."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from gateway.store import schema
from lib.reckoning import Delivery, Handed, Kind, Reckoning, by_smtp, reckon
from lib.workbench import START, Workbench, mail, workbench

_ID = "<one@klant.example>"
_HELP = "help@north.example"
_ACKNOWLEDGED = ("customer/acknowledge",)


@dataclass
class Case:
    """A mail that was accepted twice, acknowledged and sent: what everybody saw of it."""

    bench: Workbench
    accepted: list[Delivery]
    handed: list[Handed]

    def found(self, *, drained: bool = True) -> tuple[list[Kind], int]:
        """Compare; the kinds of what is wrong, and how many repeats there were."""
        said: Reckoning = reckon(
            self.bench.house.database, self.accepted, self.handed, drained=drained
        )
        return [finding.kind for finding in said.findings], said.uncertain

    def change(self, table: str, **values: object) -> None:
        """Change all rows of a table."""
        with self.bench.house.database.writing() as connection:
            connection.execute(update(schema.metadata.tables[table]).values(**values))

    def forget(self, table: str) -> None:
        """Remove all rows of a table."""
        with self.bench.house.database.writing() as connection:
            connection.execute(delete(schema.metadata.tables[table]))

    def again(self, table: str, **values: object) -> None:
        """Write the first row of a table once more, but for these values."""
        of = schema.metadata.tables[table]
        with self.bench.house.database.writing() as connection:
            row = connection.execute(select(of)).first()
            assert row is not None
            connection.execute(insert(of), {**row._mapping, **values})  # noqa: SLF001  public


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    """All that is as it must be."""
    first = mail(message_id=_ID)
    second = mail(message_id=_ID, headers="X-Way: another")
    accepted = [
        by_smtp("jan@klant.example", _HELP, text.replace("\n", "\r\n").encode(), 1, _ACKNOWLEDGED)
        for text in (first, second)
    ]
    with workbench(tmp_path, "sqlite:///casepost.db") as bench:
        bench.deliver(first)
        bench.deliver(second)
        bench.work()
        made = Case(bench, accepted, [])
        made.change("outbox", state="sent", settled_at=START)
        made.handed = [Handed(bytes(row["content"]), 250) for row in bench.rows("outbox")]
        yield made


def test_what_is_as_it_must_be_is_found_so(case: Case) -> None:
    """Of a mail that came twice, and was answered once."""
    assert ["filed", "duplicate"] == case.bench.states()
    assert ([], 0) == case.found()


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        (lambda case: case.forget("spool"), {Kind.LOST, Kind.ODD}),
        (lambda case: case.change("spool", duplicate_of=77), {Kind.LOST}),
        (lambda case: case.change("spool", state="waiting"), {Kind.ODD}),
        (lambda case: case.change("spool", state="failed", reason=""), {Kind.ODD}),
        (lambda case: case.change("spool", source="elsewhere"), {Kind.ODD}),
        (lambda case: case.forget("entries"), {Kind.LOST, Kind.DUPLICATED}),
        (lambda case: case.again("entries", id=77, spool=2), {Kind.DUPLICATED}),
        (lambda case: case.again("tickets", id=77, number="NO-77"), {Kind.DUPLICATED}),
        (
            lambda case: case.again("outbox", id=77, message_id="<x@y>"),
            {Kind.DUPLICATED, Kind.LOST},
        ),
        (lambda case: case.forget("outbox"), {Kind.LOST, Kind.DUPLICATED}),
        (lambda case: case.handed.clear(), {Kind.LOST}),
        (
            lambda case: case.handed.append(Handed(b"Message-ID: <x@y>\r\n\r\n", 250)),
            {Kind.DUPLICATED},
        ),
        (lambda case: case.handed.append(case.handed[0]), {Kind.DUPLICATED}),
        (lambda case: case.change("outbox", settled_at=None), {Kind.ODD}),
        (lambda case: case.change("outbox", state="failed"), {Kind.LOST}),
    ],
)
def test_what_is_wrong_is_found(
    case: Case, change: Callable[[Case], object], kinds: set[Kind]
) -> None:
    """Each way by itself."""
    change(case)
    assert kinds <= set(case.found()[0])


def test_a_repeat_may_be_where_nobody_could_know(case: Case) -> None:
    """Of an automatic mail once, and byte for byte."""
    case.change("outbox", uncertain_times=1)
    case.handed.append(case.handed[0])
    assert ([], 1) == case.found()
    case.change("outbox", uncertain_times=2)
    case.handed.append(case.handed[0])
    assert ([Kind.DUPLICATED], 2) == case.found()
    del case.handed[-1]
    case.handed[-1] = replace(case.handed[-1], content=case.handed[-1].content + b"More\r\n")
    assert ([Kind.DUPLICATED], 1) == case.found()


def test_while_it_works_mail_may_wait_or_be_on_its_way(case: Case) -> None:
    """Whoever looks in between asks for less."""
    waiting = mail(message_id="<two@klant.example>")
    case.bench.deliver(waiting)
    content = waiting.replace("\n", "\r\n").encode()
    case.accepted.append(by_smtp("jan@klant.example", _HELP, content, 1, _ACKNOWLEDGED))
    assert [Kind.ODD, Kind.LOST] == case.found()[0]
    assert ([], 0) == case.found(drained=False)


def test_what_the_msa_refused_may_be_given_up(case: Case) -> None:
    """It is nobody's loss but told."""
    case.change("outbox", state="failed")
    case.handed = [replace(one, code=550) for one in case.handed]
    assert ([], 0) == case.found()
