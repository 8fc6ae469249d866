"""Which file of a template is taken: a desk's own before a general one, an admin's before ours.

What was written in the console goes before the file that it was written for. One that is not sound
gives way to its last sound version, and then to the next.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from gateway.errors import Finding
from gateway.templates.folder import Key, Source
from gateway.templates.last_good import LastGood
from gateway.templates.sandbox import Compiled, Written
from gateway.templates.trial import (
    HTML,
    LAYOUT,
    TEXT,
    layout_findings,
    once_prepared,
    prepared,
)

_log = logging.getLogger("casepost.templates")

Rank = tuple[int, int]
"""How near a file is to a desk: 0 its own and 1 general, then where it is from (`folder.Root`)."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that is taken, ready to render, and its rank."""

    rank: Rank
    compiled: Compiled
    source: Source

    @property
    def own(self) -> bool:
        """Say whether it is of a desk, and not a general one."""
        return self.rank[0] == 0


@dataclass(frozen=True, slots=True)
class Shelf:
    """All template files, by what they are; of one key the one to be taken first stands first.

    `known` are those that are known to be sound without being compiled. `told` are the findings
    that an alarm was raised about. `unsaved` are texts that are only tried: nothing of them is
    kept in memory. `ranked` are the files that were asked for: each mail asks a dozen times.
    """

    found: Mapping[Key, tuple[Source, ...]] = field(default_factory=dict)
    kept: LastGood = field(default_factory=LastGood)
    known: frozenset[Source] = frozenset()
    told: set[Finding] = field(default_factory=set)
    unsaved: frozenset[Written] = frozenset()
    ranked: dict[tuple[str, str, str, str], tuple[tuple[Rank, Source], ...]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def has(self, folder: str, language: str, name: str, part: str) -> bool:
        """Say whether there is a sound file of a part in exactly that language."""
        sources = self._sources(folder, language, name, part)
        known = any(source in self.known for _, source in sources)
        return known or any(self.takes(folder, language, name, part))

    def takes(self, folder: str, language: str, name: str, part: str) -> Iterator[Taken]:
        """Give the sound files of a part in exactly that language, for a desk with that folder."""
        for rank, source in self._sources(folder, language, name, part):
            for written in self._versions(source):
                outcome = self._prepared(folder, source.key, written)
                if isinstance(outcome, Compiled):
                    yield Taken(rank, outcome, source)
                    break
                self._alarm(outcome)

    def takes_html(self, folder: str, language: str, name: str, text: Rank) -> Iterator[Taken]:
        """Give the sound bodies of HTML that may go with a body of text of that rank.

        One that is farther from the desk than the text would say something else, and so would one
        beside a nearer text, which was passed over.
        """
        texts = [rank for rank, _ in self._sources(folder, language, name, TEXT)]
        for one in self.takes(folder, language, name, HTML):
            if one.rank <= text and not any(one.rank <= other < text for other in texts):
                yield one

    def findings(self, source: Source, folder: str | None = None) -> tuple[Finding, ...]:
        """Say what is wrong with a file, for a desk that has it in its folder, or in another."""
        if source.trouble:
            return source.trouble
        if source.key.part == LAYOUT:
            return layout_findings(source.written)
        reader = source.key.desk if folder is None else folder
        outcome = self._prepared(reader, source.key, source.written)
        return outcome if isinstance(outcome, tuple) else ()

    def layout(self, folder: str) -> Written | None:
        """Give the layout that bodies of HTML of a desk with that folder go into."""
        for _, source in self._sources(folder, "", "", LAYOUT):
            for written in self._versions(source):
                findings = layout_findings(written)
                if not findings:
                    return written
                self._alarm(findings)
        return None

    def _sources(
        self, folder: str, language: str, name: str, part: str
    ) -> tuple[tuple[Rank, Source], ...]:
        asked = (folder, language, name, part)
        found = self.ranked.get(asked)
        if found is None:
            found = self.ranked[asked] = tuple(
                ((int(not owner), source.root), source)
                for owner in dict.fromkeys((folder, ""))
                for source in self.found.get(Key(owner, language, name, part), ())
            )
        return found

    def _versions(self, source: Source) -> Iterator[Written]:
        """Give a file as it is, and as it was when it was last sound."""
        if source.trouble:
            self._alarm(source.trouble)
        else:
            yield source.written
        before = self.kept.text(source)
        if before is not None and (source.trouble or before != source.written.source):
            yield Written(f"{source.written.path} (the last sound version)", before)

    def _prepared(self, folder: str, key: Key, written: Written) -> Compiled | tuple[Finding, ...]:
        layout = self.layout(folder) if key.part == HTML else None
        only_tried = written in self.unsaved or layout in self.unsaved
        prepare = once_prepared if only_tried else prepared
        return prepare(written, key.name, key.part, key.language, layout)

    def _alarm(self, findings: Iterable[Finding]) -> None:
        """Say once in a process what is wrong, but not of what somebody only tries."""
        for finding in () if self.unsaved else findings:
            if finding not in self.told:
                self.told.add(finding)
                _log.error("a template is not used: %s", finding)
