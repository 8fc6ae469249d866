"""The errors that cross a module's border, and what each lets the edge do.

An edge that can act (listener, worker, courier, clock, command line) catches these; everything
else that can happen to a mail is a decision, not an error. An error nobody named is transient.
"""

from dataclasses import dataclass


class CasepostError(Exception):
    """An error whose text is for the operator's log, never for a peer or a customer."""


class Transient(CasepostError):
    """Trying again later may help: SMTP answers 4xx, the courier defers, the worker retries."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong in a file that an admin edits.

    `line` and `column` count from 1, 0 if unknown.
    """

    path: str
    line: int
    message: str
    column: int = 0

    def __str__(self) -> str:
        """Write it as `FILE:LINE: message`, the form that editors jump to.

        The column is said where it tells more than the line: not for what begins the line.
        """
        place = f"{self.path}:{self.line}" if self.line else self.path
        at = f" (at column {self.column})" if self.column > 1 else ""
        return f"{place}: {self.message}{at}"


class Misconfigured(CasepostError):
    """The configuration, a rule or a template is refused; `findings` says where and why."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings


class Misused(CasepostError):
    """A command was called wrongly, or in a place where it must not run; exit code 2."""
