"""Kinds of mail: what a source calls them, and how often Casepost says the same."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from corpus.labels import Format, Labelled
from corpus.seen import Seen
from corpus.verdict import How
from gateway.mail.model import Kind

MACHINES = frozenset(Kind) - {Kind.PERSON}
# A label, or a narrower one, with the kinds that are right for it; the narrower wins.
_RIGHT: Mapping[str, frozenset[Kind]] = {
    "human": frozenset({Kind.PERSON}),
    "bounce": frozenset({Kind.BOUNCE}),
    "auto_reply": MACHINES - {Kind.BOUNCE},
    "out_of_office": frozenset({Kind.OUT_OF_OFFICE}),
    "list": frozenset({Kind.LIST}),
    "arf_feedback": frozenset({Kind.REPORT}),
    "aggregate_report": frozenset({Kind.REPORT}),
    "mdn": frozenset({Kind.RECEIPT}),
    "own_loop_header": MACHINES - {Kind.BOUNCE},
}


@dataclass(frozen=True, slots=True)
class Matrix:
    """How often mails with a label came out as a kind."""

    cells: Mapping[tuple[str, Kind], int]

    def recall(self, label: str) -> tuple[int, int]:
        """Give how many mails with a label got a kind that is right for it, and how many are."""
        mine = {kind: count for (row, kind), count in self.cells.items() if row == label}
        right = sum(count for kind, count in mine.items() if kind in _RIGHT.get(label, frozenset()))
        return right, sum(mine.values())

    def persons_as_machines(self) -> int:
        """Count the persons who were taken for machines."""
        right, of_all = self.recall("human")
        return of_all - right


def label(one: Labelled) -> str:
    """Give a mail's label: the narrower one where it says something about the kind."""
    return one.subkind if one.subkind in _RIGHT else one.kind


def matrix(mails: Iterable[tuple[Labelled, Seen]]) -> Matrix:
    """Count whole mails by label and kind; a bare body has no header fields to tell by."""
    return Matrix(
        Counter((label(one), seen.kind.kind) for one, seen in mails if one.format is Format.MAIL)
    )


def kind(one: Labelled, seen: Seen) -> Iterator[tuple[How | None, object, object]]:
    """Compare a mail's kind with its label."""
    got = seen.kind.kind
    said = [f"{got.value}:", *seen.kind.reasons]
    right = _RIGHT.get(label(one))
    if right is not None and one.format is Format.MAIL:
        yield (None if got in right else How.KIND), label(one), said
    elif one.expected.get("is_bounce") is False:
        yield (How.KIND if got is Kind.BOUNCE else None), "no bounce", said
