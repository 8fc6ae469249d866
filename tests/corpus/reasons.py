"""Why a disagreement is left as it is: `reasons.toml`, judged by people.

A `[[mail]]` names one mail and a check; a `[[convention]]` names a corpus, or all, whose source
means something else by a check, and in what way it then differs.
"""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from corpus.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a check on some mails may differ.

    `what` and `corpus` are patterns as in a shell; an empty `how` is any way.
    """

    what: str
    corpus: str
    check: str
    how: tuple[str, ...]
    why: str

    def excuses(self, verdict: Verdict) -> bool:
        """Say whether this is the reason of a disagreement."""
        return (
            self.check == verdict.check
            and (not self.how or verdict.how in self.how)
            and fnmatchcase(verdict.corpus, self.corpus)
            and fnmatchcase(verdict.what, self.what)
        )


def load(path: Path) -> tuple[Reason, ...]:
    """Read the reasons of a file; none where there is no file. Raises ValueError."""
    if not path.exists():
        return ()
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(
        Reason(
            what=str(row.get("path", "*")),
            corpus=str(row.get("corpus", "*")),
            check=str(check),
            how=tuple(row.get("how", ())),
            why=" ".join(str(row["reason"]).split()),
        )
        for row in (*table.get("mail", ()), *table.get("convention", ()))
        for check in (row["check"] if isinstance(row["check"], list) else [row["check"]])
    )


def reason_of(verdict: Verdict, reasons: Iterable[Reason]) -> Reason | None:
    """Give the first reason of a disagreement; those of single mails come first."""
    return next((reason for reason in reasons if reason.excuses(verdict)), None)


def unneeded(reasons: Sequence[Reason], verdicts: Sequence[Verdict]) -> list[Reason]:
    """Give the reasons whose mails were compared and agree by now."""
    used = {reason_of(verdict, reasons) for verdict in verdicts if verdict.how}
    compared = {(verdict.what, verdict.check) for verdict in verdicts}
    return [r for r in reasons if r not in used and (r.what, r.check) in compared]
