"""How a command ended, for tests of the command line."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ended:
    """The exit code of a command, and what it wrote."""

    code: int
    out: str
    err: str


Casepost = Callable[..., Ended]
