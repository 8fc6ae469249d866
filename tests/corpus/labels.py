"""What a folder of mail says of its own files: `labels.jsonl`, an object a line.

Unknown keys are left alone, and missing ones mean that nothing is known, so that a table can be
made of any folder of that form. A folder without the file is read, too: every file is a mail then.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from corpus import mbox

LABELS = "labels.jsonl"

_NO_MAIL = frozenset({"readme", "license", "licence", "copying", "notice", "makefile"})
_NO_MAIL_ENDINGS = frozenset({".json", ".jsonl", ".md", ".py", ".toml", ".yml", ".yaml"})


class Format(StrEnum):
    """What a file holds."""

    MAIL = "rfc822"
    MAILBOX = "mbox"
    TEXT = "body_text"
    HTML = "body_html"


@dataclass(frozen=True, slots=True)
class Labelled:
    """One mail or bare body with what its source says of it.

    `name` is its path below the folder, with a number behind it where a file holds several.
    `expected` is as the source wrote it; `kind`, `subkind` and `lang` are "" where it says nothing.
    """

    name: str
    corpus: str
    format: Format
    kind: str
    subkind: str
    lang: str
    expected: Mapping[str, object]
    raw: bytes


class NoLabels(ValueError):
    """The labels of a folder cannot be read."""


def load(folder: Path) -> Iterator[Labelled]:
    """Give every mail of a folder, one after the other, so that few are in memory at once.

    Raises NoLabels where a line of `labels.jsonl` is none, or names a file that is not there.
    """
    for row in rows(folder):
        path = str(row.get("path", ""))
        try:
            raw = (folder / path).read_bytes()
            form = Format(str(row.get("format", Format.MAIL)))
        except (OSError, ValueError) as error:
            raise NoLabels(f"{folder / LABELS}: {path}: {error}") from error
        expected = row.get("expected")
        known = Labelled(
            name=path,
            corpus=str(row.get("corpus") or path.partition("/")[0]),
            format=form,
            kind=_word(row.get("kind")),
            subkind=_word(row.get("subkind")),
            lang=_word(row.get("lang")),
            expected=expected if isinstance(expected, dict) else {},
            raw=raw,
        )
        yield from _mails_of(known) if form is Format.MAILBOX else (known,)


def rows(folder: Path) -> Iterator[Mapping[str, object]]:
    """Give the lines of `labels.jsonl`; without it, a line for every file that may be a mail."""
    labels = folder / LABELS
    if not labels.exists():
        yield from _files(folder)
        return
    with labels.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                row = json.loads(line) if line.strip() else {}
            except ValueError as error:
                raise NoLabels(f"{labels}:{number}: {error}") from error
            if isinstance(row, dict) and row:
                yield row


def _files(folder: Path) -> Iterator[Mapping[str, object]]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        words = path.stem.lower() in _NO_MAIL or path.suffix.lower() in _NO_MAIL_ENDINGS
        if path.is_file() and not hidden and not words:
            form = Format.MAILBOX if path.suffix.lower() == ".mbox" else Format.MAIL
            yield {"path": str(path.relative_to(folder)), "format": form.value}


def _mails_of(box: Labelled) -> Iterator[Labelled]:
    for number, raw in enumerate(mbox.mails(box.raw), 1):
        yield Labelled(
            name=f"{box.name}#{number}",
            corpus=box.corpus,
            format=Format.MAIL,
            kind=box.kind,
            subkind=box.subkind,
            lang=box.lang,
            expected={},
            raw=raw,
        )


def _word(value: object) -> str:
    return value if isinstance(value, str) and value != "unknown" else ""
