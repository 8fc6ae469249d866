"""What is looked for that is like a mail."""

from dataclasses import dataclass
from datetime import timedelta

from gateway.config import duration
from gateway.config.desk import Desk
from gateway.desk.likeness import Likeness


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for that is like a mail, and how far back.

    `duplicates` is None where the desk wants none proposed; `incidents` is how long one goes on.
    So many near-same mails as `reports` says are an incident.
    """

    desk: str
    subject: str
    like: Likeness
    duplicates: timedelta | None
    flood: timedelta
    incidents: timedelta
    reports: int = 2


def sought(desk: Desk, subject: str, like: Likeness) -> Sought:
    """Say what this desk wants looked for."""
    within = duration.parse(desk.duplicates.within)
    return Sought(
        desk=desk.name,
        subject=subject,
        like=like,
        duplicates=within if desk.duplicates.propose else None,
        flood=duration.parse(desk.incident.within),
        incidents=within,
        reports=desk.incident.most,
    )
