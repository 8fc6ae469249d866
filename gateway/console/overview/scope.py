"""Of what the overview is, as its address asks for it: of which desks, and since when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlencode

from gateway.config.desk import Desk
from gateway.console.desks import desks_of
from gateway.console.visit import Visit

_HOURS, _DAYS = 24, 30


class Span(StrEnum):
    """How far back the intake is shown: by hours, or by days."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which desks an overview is of, all of `seen` or the one that was `chosen`; and its span."""

    seen: tuple[Desk, ...]
    chosen: Desk | None
    span: Span
    sees_all: bool

    @property
    def desks(self) -> tuple[Desk, ...]:
        """Give the desks that it is of."""
        return (self.chosen,) if self.chosen else self.seen

    @property
    def names(self) -> list[str]:
        """Give the names of these desks."""
        return [desk.name for desk in self.desks]

    @property
    def narrowed(self) -> list[str] | None:
        """Give the names of these desks; None where everything counts, whatever desk it is of."""
        everything = self.sees_all and (self.chosen is None or len(self.seen) == 1)
        return None if everything else self.names

    @property
    def zone(self) -> str:
        """Give the zone that times are shown in."""
        return self.chosen.timezone if self.chosen else "UTC"

    def address(self, path: str = "/overview", span: str = "", desk: str | None = None) -> str:
        """Give the address of this overview, or of one with another span or desk, "" for all."""
        name = (self.chosen.name if self.chosen else "") if desk is None else desk
        asked = {"desk": name, "span": span or ("" if self.span is Span.DAY else self.span.value)}
        return _address(path, asked)

    def tickets(self, shown: str = "", late: str = "") -> str:
        """Give the address of the list of these desks' tickets: which are shown, only late ones."""
        name = self.chosen.name if self.chosen else ""
        return _address("/tickets", {"desk": name, "shown": shown, "late": late})

    def mails(self, path: str) -> str:
        """Give the address of a list of mails, of these desks; those of none are in the whole."""
        return _address(path, {"desk": self.names[0] if self.narrowed and self.chosen else ""})


def _address(path: str, asked: dict[str, str]) -> str:
    said = urlencode({key: value for key, value in asked.items() if value})
    return f"{path}?{said}" if said else path


def scope_of(visit: Visit) -> Scope:
    """Give of what the overview is; what is odd in its address asks for nothing."""
    seen = desks_of(visit)
    chosen = next((desk for desk in seen if desk.name == visit.query("desk")), None)
    if chosen is None and len(seen) == 1:
        chosen = seen[0]
    span = Span.MONTH if visit.query("span") == Span.MONTH else Span.DAY
    return Scope(seen, chosen, span, sees_all=len(seen) == len(visit.house.desks))


def hours_before(now: datetime) -> tuple[datetime, ...]:
    """Give the beginnings of the last hours, the current one included."""
    current = now.replace(minute=0, second=0, microsecond=0)
    return tuple(current - timedelta(hours=back) for back in reversed(range(_HOURS)))


def days_before(now: datetime) -> tuple[datetime, ...]:
    """Give the beginnings of the last days in UTC, today included."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return tuple(today - timedelta(days=back) for back in reversed(range(_DAYS)))
