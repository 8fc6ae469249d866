"""What pages ring when they have done something, so that nobody waits for a tick to see it."""

from collections.abc import Callable
from dataclasses import dataclass


def _nobody() -> None:
    """Wake nobody: who is due looks by itself, a little later."""


@dataclass(frozen=True, slots=True)
class Bells:
    """Whom a page wakes; what it did is committed before.

    `received`: a mail is in the spool. `queued`: a mail is in the outbox. `edited`: templates were
    saved.
    """

    received: Callable[[], None] = _nobody
    queued: Callable[[], None] = _nobody
    edited: Callable[[], None] = _nobody


# For whoever has nobody to wake.
SILENT = Bells()
