"""What a fault is: a scenario on a real daemon, with what must hold in the product's words."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, Protocol, TypeVar


class Checked(Protocol):
    """What a fault is tried on."""

    def check(self) -> None:
        """Compare, once nothing is left to do, what was accepted with what became of it."""


S = TypeVar("S", bound=Checked)


class Broken(Exception):
    """What must hold does not; the text says what was seen instead."""


class NotRun(Exception):
    """The fault can't be made on this machine; the text says why."""


class Held(StrEnum):
    """How a fault ended."""

    HELD = "held"
    BROKEN = "BROKEN"
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table; `said` is what held, what was seen instead, or why it was not run."""

    fault: str
    held: Held
    said: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Fault(Generic[S]):
    """A fault by its `name`, which is what goes wrong, and what `holds` then; `run` tries it."""

    name: str
    holds: str
    run: Callable[[S], None]


@dataclass(frozen=True, slots=True)
class Group(Generic[S]):
    """Faults that are tried one after the other on one running daemon, which `opens` with it."""

    name: str
    opens: Callable[[], AbstractContextManager[S]]
    faults: list[Fault[S]] = field(default_factory=list)

    def fault(self, name: str, *, holds: str) -> Callable[[Callable[[S], None]], Fault[S]]:
        """Make a fault of a function."""

        def keep(run: Callable[[S], None]) -> Fault[S]:
            made = Fault(name, holds, run)
            self.faults.append(made)
            return made

        return keep

    def chosen(self, only: str) -> Iterator[Fault[S]]:
        """Give the faults whose group or name has these words."""
        for one in self.faults:
            if only.lower() in f"{self.name}: {one.name}".lower():
                yield one


def must(true: object, otherwise: str) -> None:
    """Say what was seen instead unless it is true. Raises Broken."""
    if not true:
        raise Broken(otherwise)
