"""Why a disagreement is left as it is: `reasons.toml`, judged by people.

A `[[mail]]` names mails and a check; a `[[convention]]` names a corpus whose source means something
else by a check, and in what way it then differs. Names and expectations are patterns as in a shell.
"""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from corpus.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a check on mails may differ; an empty `how` is any way, an empty `whats` any mail."""

    whats: tuple[str, ...]
    corpus: str
    check: str
    how: tuple[str, ...]
    expected: str
    why: str

    def excuses(self, verdict: Verdict) -> bool:
        """Say whether this is the reason of a disagreement."""
        return (
            self.check == verdict.check
            and (not self.how or verdict.how in self.how)
            and fnmatchcase(verdict.corpus, self.corpus)
            and fnmatchcase(verdict.expected, self.expected)
            and (not self.whats or any(fnmatchcase(verdict.what, what) for what in self.whats))
        )


def load(path: Path) -> tuple[Reason, ...]:
    """Read the reasons of a file; none where there is no file. Raises ValueError."""
    if not path.exists():
        return ()
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(
        Reason(
            whats=_words(row.get("path", ())),
            corpus=str(row.get("corpus", "*")),
            check=check,
            how=_words(row.get("how", ())),
            expected=str(row.get("expected", "*")),
            why=" ".join(str(row["reason"]).split()),
        )
        for row in (*table.get("mail", ()), *table.get("convention", ()))
        for check in _words(row["check"])
    )


def _words(value: object) -> tuple[str, ...]:
    """Give a word, or a list of words, as a list."""
    return tuple(map(str, value)) if isinstance(value, list | tuple) else (str(value),)


def reason_of(verdict: Verdict, reasons: Iterable[Reason]) -> Reason | None:
    """Give the first reason of a disagreement; those of single mails come first."""
    return next((reason for reason in reasons if reason.excuses(verdict)), None)


def unneeded(reasons: Sequence[Reason], verdicts: Sequence[Verdict]) -> list[Reason]:
    """Give the reasons that no disagreement has, of those whose corpus was compared at all."""
    used = {reason_of(verdict, reasons) for verdict in verdicts if verdict.how}
    compared = {(verdict.corpus, verdict.check) for verdict in verdicts}
    return [r for r in reasons if r not in used and (r.corpus, r.check) in compared]
