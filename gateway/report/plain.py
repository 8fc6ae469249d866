"""A report as plain values, the shape of `casepost report --json`.

Others script against these keys. Add to them, do not change them. Lengths of time are in seconds,
shares are parts of 1, days ISO 8601.
"""

from dataclasses import asdict

from gateway.report.figures import Figures, Group, Reached

Plain = dict[str, object]


def plain(figures: Figures) -> Plain:
    """Give one desk's report; None stands for what is not known, or was not asked for."""
    scope, period, ratings = figures.scope, figures.period, figures.ratings
    groups = figures.groups
    return {
        "desk": scope.desk,
        "title": scope.title,
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "begin": period.begin.isoformat(),
        "end": period.until.isoformat(),
        "organisation": scope.organisation or None,
        "product": scope.product or None,
        "cases": asdict(figures.flow),
        "by_type": [_group(one) for one in groups.types],
        "by_severity": [_group(one) for one in groups.severities],
        "by_organisation": [_group(one) for one in groups.organisations],
        "by_product": [_group(one) for one in groups.products],
        "targets": [_reached(one) for one in figures.targets],
        "statuses": [asdict(one) for one in figures.statuses],
        "backlog": [{**asdict(one), "total": one.total} for one in figures.backlog],
        "time_spent": [asdict(one) for one in figures.spent],
        "ratings": {
            "count": ratings.count,
            "average": ratings.average,
            "by_stars": {str(stars): times for stars, times in ratings.by_stars.items()},
        },
        "deflection": asdict(figures.deflection),
        "course": [
            {"from": one.day.isoformat(), "created": one.created, "resolved": one.resolved}
            for one in figures.course
        ],
    }


def _group(one: Group) -> Plain:
    return asdict(one)


def _reached(one: Reached) -> Plain:
    return {
        "target": one.target,
        "type": one.type,
        "severity": one.severity,
        "promised": one.promised,
        "in_time": one.in_time,
        "missed": one.missed,
        "share": one.share,
        "reached": one.reached,
        "median": one.median,
        "p90": one.ninetieth,
    }
