"""What must be reached: ratios within one run, and what is counted."""

from collections.abc import Callable
from dataclasses import dataclass

from bench.samples import Samples

Measure = Callable[[Samples], float | None]


@dataclass(frozen=True, slots=True)
class Goal:
    """`least` or `most` is the bound; `measure` gives None where a run did not measure it."""

    name: str
    measure: Measure
    least: float | None = None
    most: float | None = None

    @property
    def bound(self) -> str:
        """Give the bound as text."""
        return f"at least {self.least:g}" if self.least is not None else f"at most {self.most:g}"

    def met(self, measured: float) -> bool:
        """Say whether a figure is within the bound."""
        if self.least is not None:
            return measured >= self.least
        return self.most is not None and measured <= self.most


@dataclass(frozen=True, slots=True)
class Judged:
    """A goal with what was measured."""

    name: str
    measured: float
    bound: str
    met: bool


def _ratio(name: str, to: str) -> Measure:
    return lambda samples: samples.ratio(name, to)


def _median(name: str) -> Measure:
    return lambda samples: samples.median(name)


def _times(peer: str) -> Measure:
    return _ratio("end_to_end.sqlite", f"peers.{peer}")


GOALS = (
    Goal(
        "accepted durably, small mails, beside aiosmtpd that throws them away",
        _ratio("accept.small", "accept_bare.small"),
        least=1.2,
    ),
    Goal(
        "accepted durably, mails of 200 kB, beside the same",
        _ratio("accept.large", "accept_bare.large"),
        least=4,
    ),
    Goal("end to end, beside django-helpdesk at its best", _times("django_helpdesk_best"), least=6),
    Goal(
        "end to end, beside django-helpdesk as installed",
        _times("django_helpdesk_installed"),
        least=10,
    ),
    Goal("end to end, beside Roundup", _times("roundup"), least=10),
    Goal("a mail among 100,000 tickets, beside 1,000", _median("growth"), most=1.15),
    Goal("two workers on PostgreSQL, beside one", _median("workers"), least=1.6),
    Goal("IMAP backlog, beside fetching it only", _median("imap"), least=0.4),
    Goal("fsyncs a mail received and filed, one session", _median("fsyncs.alone"), most=2.5),
    Goal("fsyncs a mail received and filed, 50 sessions", _median("fsyncs.sessions_50"), most=0.2),
    Goal(
        "fsyncs a mail with its answer sent, one session",
        _median("fsyncs_with_sending.alone"),
        most=2.5,
    ),
    Goal("resident memory, daemon and one worker, MB", _median("rss_mb"), most=200),
    Goal("memory for a mail of 25 MB, times its size", _median("large_mail_factor"), most=4),
)


def judged(samples: Samples) -> list[Judged]:
    """Give every goal that this run measured."""
    found = []
    for goal in GOALS:
        measured = goal.measure(samples)
        if measured is not None:
            found.append(Judged(goal.name, measured, goal.bound, goal.met(measured)))
    return found
