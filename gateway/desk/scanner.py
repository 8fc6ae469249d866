"""Whether a rating that was sent by a page's form was sent by a person, as far as can be told.

Programs that look for bad links open whatever a mail leads to, and some of them send its forms
within a moment. They follow links that no person sees, too, and read no page before they answer it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

# Nobody chooses and sends in less.
LEAST = timedelta(seconds=3)
# A program looks at a mail's links when it arrives, and is done with them after that.
TRAP_HOLDS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Showing:
    """When a form was shown that somebody sends, and whether it asks to confirm what was said."""

    at: datetime
    confirms: bool = False


def comes_at_once(showing: Showing | None, now: datetime) -> bool:
    """Say whether a form was sent that nobody can have read.

    Whoever does that goes on doing it: what they send of the same page a little later is no better.
    """
    return showing is None or now - showing.at < LEAST


def is_persons(showing: Showing | None, trapped_at: datetime | None, now: datetime) -> bool:
    """Say whether what a form sends counts. `showing` is None where no form of ours was shown.

    Somebody whose mail was looked at by a program a moment before is asked to confirm; then only
    what happened since the question was shown counts against them.
    """
    if showing is None or comes_at_once(showing, now):
        return False
    if trapped_at is None:
        return True
    if showing.confirms:
        return trapped_at < showing.at
    return now - trapped_at >= TRAP_HOLDS
