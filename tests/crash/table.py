"""What is told in the end: a table, and one line of JSON."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crash.campaign import Result
from crash.stage import POSTGRESQL
from lib.reckoning import Kind


@dataclass(slots=True)
class Row:
    """The figures of one kind of point."""

    points: int = 0
    killed: int = 0
    lost: int = 0
    duplicated: int = 0
    odd: int = 0
    uncertain: int = 0

    def add(self, result: Result) -> None:
        """Count a run."""
        kinds = [finding.kind for finding in result.ended.findings]
        self.points += 1
        self.killed += result.ended.killed
        self.lost += kinds.count(Kind.LOST)
        self.duplicated += kinds.count(Kind.DUPLICATED)
        self.odd += kinds.count(Kind.ODD)
        self.uncertain += result.ended.uncertain

    @property
    def figures(self) -> tuple[int, ...]:
        """Give them in the order of the table's columns."""
        return self.points, self.killed, self.lost, self.duplicated, self.odd, self.uncertain


_HEADS = ("points", "kills", "lost", "doubled", "odd", "repeats of uncertain")


def rows_of(results: Iterable[Result]) -> dict[str, Row]:
    """Count the runs by the kind of their point, and all of them."""
    rows: dict[str, Row] = {}
    total = Row()
    for result in results:
        kind = result.task.point.kind
        if result.task.stage.name == POSTGRESQL:
            kind = f"{kind}, PostgreSQL"
        for row in (rows.setdefault(kind, Row()), total):
            row.add(result)
    return {**dict(sorted(rows.items())), "all": total}


def table(rows: dict[str, Row]) -> str:
    """Write the table."""
    width = max(map(len, rows))
    lines = ["  ".join(["".ljust(width), *_HEADS])]
    for kind, row in rows.items():
        figures = [
            str(figure).rjust(len(head)) for figure, head in zip(row.figures, _HEADS, strict=True)
        ]
        lines.append("  ".join([kind.ljust(width), *figures]))
    return "\n".join(lines)


def line(rows: dict[str, Row], results: Sequence[Result], seconds: float) -> str:
    """Write the line of JSON; `points` are those at which a kill happened."""
    total = rows["all"]
    on_postgresql = [r for r in results if r.task.stage.name == POSTGRESQL and r.ended.killed]
    return json.dumps(
        {
            "points": total.killed,
            "lost": total.lost,
            "duplicated": total.duplicated,
            "uncertain": total.uncertain,
            "odd": total.odd,
            "not_killed": total.points - total.killed,
            "postgresql": len(on_postgresql),
            "seconds": round(seconds),
        }
    )
