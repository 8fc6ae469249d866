"""What a run shall measure, and where it works."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.samples import Samples
from servers import postgresql

_SMALLEST = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """`mails` is how many a round; parts that are slow or quick take a part or a multiple of it.

    `postgresql` is SQLAlchemy's URL of an empty database, or empty: then one is started. `tell`
    says what goes on.
    """

    rounds: int
    mails: int
    folder: Path
    postgresql: str
    tell: Callable[[str], None]
    samples: Samples

    def share(self, part: float) -> int:
        """Give so many times `mails`, and enough for the mix to have all its kinds."""
        return max(_SMALLEST, round(self.mails * part))


@contextmanager
def databases(plan: Plan) -> Iterator[Callable[[], str]]:
    """Give a function that gives the URL of an empty PostgreSQL database each time."""
    if plan.postgresql:
        yield lambda: plan.postgresql
        return
    with postgresql.running() as server:
        yield lambda: server.url(server.create())
