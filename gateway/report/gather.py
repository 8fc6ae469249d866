"""From what is kept to the figures of a report."""

from datetime import date, datetime

from sqlalchemy import Connection

from gateway.config.desk import Desk
from gateway.report.figures import Figures, Ratings, Scope, Spent
from gateway.report.flow import FlowCount
from gateway.report.period import course, period
from gateway.report.timing import StayCount, TargetCount
from gateway.store import reported
from gateway.store.reported import Chosen

_STARS = range(1, 6)


def gather(
    connection: Connection,
    desk: Desk,
    days: tuple[date, date],
    now: datetime,
    organisation: str = "",
    product: str = "",
) -> Figures:
    """Give the figures of a desk from the first of two days to the last, on one snapshot.

    Raises ValueError, with a sentence, if these are no period.
    """
    of = period(*days, desk.timezone, now)
    chosen = Chosen(desk.name, organisation, product)
    flow = FlowCount(desk, of, course(of, desk.timezone))
    targets, stays = TargetCount(desk, of), StayCount(desk, of)
    for ticket in reported.tickets_of(connection, chosen, of.begin, of.until):
        flow.add(ticket)
        targets.add(ticket)
        stays.add(ticket)
    spent: dict[str, int] = {}
    for one in reported.time_spent(connection, chosen, of.begin, of.until):
        kind = (one.type, one.severity, one.organisation, one.product)
        flow.spend(kind, one.seconds, charged=one.type in desk.chargeable_types)
        spent[one.type] = spent.get(one.type, 0) + one.seconds
    clicks = None if organisation else reported.clicks(connection, product, of.first, of.last)
    return Figures(
        scope=Scope(desk.name, desk.title, organisation, product),
        period=of,
        flow=flow.flow(),
        course=flow.course(),
        groups=flow.groups(),
        targets=targets.reached(),
        statuses=stays.stayed(),
        backlog=flow.backlog(),
        spent=_spent(desk, spent),
        ratings=_ratings(reported.ratings(connection, chosen, of.begin, of.until)),
        deflection=flow.deflection(clicks),
    )


def _spent(desk: Desk, by_type: dict[str, int]) -> tuple[Spent, ...]:
    """Give the time that was spent, by type in the desk's order."""
    places = {name: place for place, name in enumerate(desk.types)}
    ordered = sorted(by_type, key=lambda name: (places.get(name, len(places)), name))
    return tuple(Spent(name, by_type[name], name in desk.chargeable_types) for name in ordered)


def _ratings(by_stars: dict[int, int]) -> Ratings:
    count = sum(by_stars.values())
    total = sum(stars * times for stars, times in by_stars.items())
    given = {stars: by_stars.get(stars, 0) for stars in _STARS}
    return Ratings(count, total / count if count else None, given)
