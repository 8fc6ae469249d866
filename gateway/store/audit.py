"""What was done by whom, in the console and on the command line; append-only."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection

from gateway.store.schema import audit

# Who acts on the command line.
OPERATOR = "operator"

_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Act:
    """Something that somebody did: `action` as in "template.save", `about` what it was done to.

    `actor` is the address of a user, or OPERATOR; `peer` is where the request came from.
    """

    at: datetime
    actor: str
    action: str
    about: str = ""
    detail: str = ""
    peer: str = ""


def note(connection: Connection, act: Act) -> None:
    """Note an act in the transaction that does it."""
    row = asdict(act)
    row |= {name: row[name][:_LONGEST] for name in ("about", "detail")}
    connection.execute(audit.insert().values(row))
