"""How a house does, as metrics: names with their units, and labels of which there are few.

No label says anything of a person: they are states, sources, desks and their phases.
"""

import platform
from collections.abc import Iterable, Iterator
from datetime import datetime

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector

from gateway import __version__
from gateway.config.desk import Desk, Phase
from gateway.store.measures import Measures
from gateway.store.revision import REVISIONS

_NOT_CLOSED = (Phase.OPEN, Phase.WAITING)


class HouseCollector(Collector):
    """The metrics of a house as it was measured."""

    def __init__(self, measures: Measures, desks: tuple[Desk, ...]) -> None:
        """Tell of these measures, in the words of these desks."""
        self._measures = measures
        self._desks = desks

    def collect(self) -> Iterable[Metric]:
        """Give all metrics."""
        yield _build()
        yield from _intake(self._measures)
        yield from _outgoing(self._measures)
        yield from _sources(self._measures)
        yield from _tickets(self._measures, self._desks)
        yield from _service(self._measures)


def _build() -> Metric:
    info = InfoMetricFamily("casepost_build", "The version that runs.")
    versions = {"version": __version__, "schema": REVISIONS[-1]}
    info.add_metric([], {**versions, "python": platform.python_version()})
    return info


def _intake(found: Measures) -> Iterator[Metric]:
    received = CounterMetricFamily(
        "casepost_received_mails", "Mails that were received, by source.", labels=["source"]
    )
    difference = GaugeMetricFamily(
        "casepost_books_difference_mails",
        "Mails by which the books of a source differ; 0 if they balance.",
        labels=["source"],
    )
    for one in found.intakes:
        received.add_metric([one.source], one.received)
        difference.add_metric([one.source], one.difference)
    yield received
    yield difference
    yield _by_state("casepost_spool_mails", "Received mails by where they stand.", found.spool)
    yield GaugeMetricFamily(
        "casepost_spool_oldest_waiting_seconds",
        "Age of the oldest mail that waits to be taken in; 0 if none does.",
        _age(found, found.waits_since),
    )


def _outgoing(found: Measures) -> Iterator[Metric]:
    yield _by_state("casepost_outbox_mails", "Outgoing mails by state.", found.outbox)
    yield GaugeMetricFamily(
        "casepost_outbox_oldest_unsent_seconds",
        "Age of the oldest outgoing mail that is still to be sent; 0 if none is.",
        _age(found, found.queued_since),
    )


def _sources(found: Measures) -> Iterator[Metric]:
    success = GaugeMetricFamily(
        "casepost_source_last_success_timestamp_seconds",
        "When a source of mail last worked; 0 for never.",
        labels=["source"],
    )
    error = GaugeMetricFamily(
        "casepost_source_last_error_timestamp_seconds",
        "When a source of mail last went wrong; 0 for never.",
        labels=["source"],
    )
    for one in found.sources:
        success.add_metric([one.name], _timestamp(one.last_success_at))
        error.add_metric([one.name], _timestamp(one.last_error_at))
    yield success
    yield error


def _tickets(found: Measures, desks: tuple[Desk, ...]) -> Iterator[Metric]:
    left = GaugeMetricFamily(
        "casepost_tickets", "Tickets that are not closed, by phase.", labels=["desk", "phase"]
    )
    risk = GaugeMetricFamily(
        "casepost_tickets_at_risk", "Open tickets with a target at risk.", labels=["desk"]
    )
    overdue = GaugeMetricFamily(
        "casepost_tickets_overdue", "Open tickets with a target overdue.", labels=["desk"]
    )
    for desk in desks:
        own = [one for one in found.left if one.desk == desk.name]
        for phase in _NOT_CLOSED:
            # Those of a status that the desk has no more count as open.
            count = sum(one.count for one in own if desk.phase_of(one.status) is phase)
            left.add_metric([desk.name, phase.value], count)
        risk.add_metric([desk.name], sum(one.at_risk for one in own))
        overdue.add_metric([desk.name], sum(one.overdue for one in own))
    yield left
    yield risk
    yield overdue


def _service(found: Measures) -> Iterator[Metric]:
    ratings = GaugeMetricFamily(
        "casepost_ratings", "Ratings of the last 30 days, by stars.", labels=["desk", "stars"]
    )
    for one in found.ratings:
        ratings.add_metric([one.desk, str(one.stars)], one.count)
    yield ratings
    yield GaugeMetricFamily("casepost_timers_due", "Timers that are due.", found.timers)
    yield GaugeMetricFamily("casepost_alarms", "Alarms that stand.", found.alarms)
    erased = CounterMetricFamily(
        "casepost_erased", "What was kept for long enough and is erased.", labels=["what"]
    )
    for run in found.retained:
        erased.add_metric([run.what], run.erased)
    yield erased


def _by_state(name: str, about: str, counts: dict[str, int]) -> Metric:
    metric = GaugeMetricFamily(name, about, labels=["state"])
    for state, count in counts.items():
        metric.add_metric([state], count)
    return metric


def _age(found: Measures, since: datetime | None) -> float:
    return max((found.at - since).total_seconds(), 0.0) if since else 0.0


def _timestamp(at: datetime | None) -> float:
    return at.timestamp() if at else 0.0
