"""The table as people read it: colour on a terminal, plain lines elsewhere."""

from collections.abc import Iterator

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from corpus.checks import verdicts
from corpus.labels import Labelled
from corpus.outcome import Outcome, mib
from corpus.reasons import Reason
from corpus.seen import Seen
from corpus.speed import BARE, Speed
from corpus.sweep import MOST_MEMORY
from corpus.verdict import Verdict
from gateway.mail.model import Kind

_SHOWN = 160


def print_outcome(console: Console, outcome: Outcome, speed: Speed | None) -> None:
    """Print all that is to be said of a folder, the worst at the end."""
    swept = outcome.swept
    slowest = max((seen.seconds for _, seen in swept.mails), default=0.0)
    console.print(
        f"{len(swept.mails) + len(swept.broken)} mails, {len(swept.broken)} exceptions, "
        f"{len(swept.slow())} over 2 s (the slowest {slowest:.2f} s), "
        f"peak memory {mib(swept.peak)} of {mib(MOST_MEMORY)}",
        highlight=False,
    )
    console.print(_kinds(_table(console, "Kinds"), outcome))
    for label in ("bounce", "auto_reply", "human"):
        right, of_all = outcome.matrix.recall(label)
        if of_all:
            console.print(f"{label}: {right} of {of_all} right, {right / of_all:.1%}")
    if outcome.verdicts:
        console.print(_checks(_table(console, "Against `expected`"), outcome))
    _print_differing(console, outcome)
    for reason in outcome.unneeded():
        console.print(f"not needed any more: {reason.check}: {reason.why}", soft_wrap=True)
    if speed is not None:
        console.print(_speed(_table(console, "Speed"), speed))
    failures = outcome.failures()
    for failure in failures:
        console.print(Text(f"failed: {failure}", "red"), soft_wrap=True)
    if not failures:
        console.print(Text("All as it should be.", "green"))


def print_mail(console: Console, one: Labelled, seen: Seen) -> None:
    """Print what was seen of one mail, and every comparison."""
    author = seen.mail.author or seen.mail.claimed_author
    table = Table.grid(padding=(0, 2))
    for name, value in (
        ("subject", seen.mail.subject),
        ("from", author.address if author else ""),
        ("kind", "\n".join((seen.kind.kind.value, *seen.kind.reasons))),
        ("opaque", seen.mail.opaque),
        (
            "attached",
            "\n".join(
                f"{a.name} {a.media_type} {a.disposition.value}" for a in seen.mail.attachments
            ),
        ),
        ("bounce", str(seen.bounce or "")),
        ("forwarded", str(seen.forwarded or "")),
        ("language", seen.language),
        ("text", seen.mail.text),
        (
            "folds",
            "\n".join(
                f"{f.kind.value}: {_short(seen.mail.text[f.start : f.end])}" for f in seen.folds
            ),
        ),
        ("new text", seen.new),
    ):
        if value:
            table.add_row(Text(name, "dim"), Text(value))
    console.print(table)
    for verdict in verdicts(one, seen):
        console.print(Text(f"{verdict.check}: {verdict.how or 'agreed'}", "bold"))
        if verdict.how:
            console.print(Text(f"expected:\n{verdict.expected}\ngot:\n{verdict.got}"))


def _table(console: Console, title: str) -> Table:
    """Give an empty table, with lines around its cells on a terminal only."""
    lines = box.ROUNDED if console.is_terminal else None
    return Table(title=title, title_justify="left", box=lines)


def _columns(table: Table, first: str, *numbers: str) -> None:
    table.add_column(first)
    for name in numbers:
        table.add_column(name, justify="right")


def _kinds(table: Table, outcome: Outcome) -> Table:
    cells = outcome.matrix.cells
    kinds = [kind for kind in Kind if any(column is kind for _, column in cells)]
    _columns(table, "label", *(kind.value for kind in kinds))
    for label in sorted({row for row, _ in cells}):
        counts = (cells.get((label, kind), 0) for kind in kinds)
        table.add_row(label or "nothing said", *(str(count or "") for count in counts))
    return table


def _checks(table: Table, outcome: Outcome) -> Table:
    _columns(table, "check", "agreed", "differs, with reason", "differs")
    for name, counts in outcome.counts().items():
        table.add_row(name, *(str(count) for count in counts))
    return table


def _print_differing(console: Console, outcome: Outcome) -> None:
    """List the disagreements: by reason, and those without one whole."""
    by_reason: dict[Reason, list[Verdict]] = {}
    for verdict, reason in outcome.differing():
        if reason is not None:
            by_reason.setdefault(reason, []).append(verdict)
    for reason, excused in by_reason.items():
        console.print(Text(f"{excused[0].check}: {reason.why}", "bold"), soft_wrap=True)
        console.print(Text("\n".join(f"  {verdict.what}" for verdict in excused)), soft_wrap=True)
    for verdict in outcome.unexplained():
        console.print(Text("\n".join(_lines(verdict))), soft_wrap=True)


def _lines(verdict: Verdict) -> Iterator[str]:
    yield f"{verdict.check} differs ({verdict.how}): {verdict.what}"
    yield f"    expected {_short(verdict.expected)}"
    yield f"    got      {_short(verdict.got)}"


def _speed(table: Table, speed: Speed) -> Table:
    _columns(table, "", "mails/s", "MB/s", f"of {BARE}")
    for name, seconds in speed.seconds.items():
        if seconds:
            rate, volume = speed.mails / seconds, speed.size / seconds / 1e6
            table.add_row(name, f"{rate:,.0f}", f"{volume:.1f}", f"{speed.ratios[name]:.2f} x")
    return table


def _short(text: str) -> str:
    line = text.replace("\n", "\u23ce")
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}..."
