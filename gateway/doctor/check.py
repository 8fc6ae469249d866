"""What trying one thing showed."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Whether a thing works, or works with something to look at, or does not work."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tried: its name, how it is, and a sentence for people."""

    name: str
    state: State
    message: str


def ok(name: str, message: str) -> Check:
    """Say that a thing works."""
    return Check(name, State.OK, message)


def warning(name: str, message: str) -> Check:
    """Say that a thing works, and what to look at all the same."""
    return Check(name, State.WARNING, message)


def problem(name: str, message: str) -> Check:
    """Say that a thing does not work."""
    return Check(name, State.PROBLEM, message)
