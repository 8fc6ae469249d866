"""Template files as they are found in folders: which is which, and what it says.

A folder has `LANGUAGE/AUDIENCE/EVENT/` with `subject.txt`, `body.txt` and perhaps `body.html`, a
`layout.html`, and `desks/FOLDER/` with the same below it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gateway.config.text_file import refuse_pipe
from gateway.errors import Finding, Misconfigured
from gateway.templates.sandbox import Written
from gateway.templates.trial import LAYOUT, PARTS

DESKS = "desks"

_LANGUAGE = re.compile(r"[a-z]{2}")
_WORD = re.compile(r"[a-z0-9][a-z0-9-]*")
_LONGEST_FILE = 64 * 1024
_IGNORED = (".md", "~", ".bak", ".swp")
_HOW = (
    "a template is LANGUAGE/AUDIENCE/EVENT/ with subject.txt, body.txt or body.html, "
    "or layout.html, or these below desks/NAME"
)


@dataclass(frozen=True, slots=True)
class Key:
    """Which file a template is.

    `desk` is the folder of a desk, "" for a general one; `part` is its file's name. A layout has
    neither language nor name.
    """

    desk: str
    language: str
    name: str
    part: str


@dataclass(frozen=True, slots=True)
class Source:
    """A template's file as read; `root` is 0 in the admin's folder, 1 among the shipped ones.

    `inside` is its path in that folder. `trouble` says why it could not be read.
    """

    key: Key
    written: Written
    root: int
    inside: str
    trouble: tuple[Finding, ...] = ()


def read(
    admin: Path, shipped: Path, desks: Iterable[str]
) -> tuple[tuple[Source, ...], tuple[Finding, ...]]:
    """Read all files of the admin's folder and of the shipped one, which may be the same.

    `desks` are the folders that desks have; of the shipped ones not every house has every desk. The
    findings are about files that are no templates; one that cannot be read is a source that says
    so.
    """
    found: list[Source] = []
    findings: list[Finding] = []
    folders, shipped = frozenset(desks), shipped.resolve()
    for place, root in enumerate(dict.fromkeys((admin.resolve(), shipped))):
        for path in _files(root):
            if root == shipped and _of_no_desk(path.relative_to(root), folders):
                continue
            try:
                key = _key(root, path, folders)
            except Misconfigured as refused:
                findings += refused.findings
            else:
                found.append(_source(key, path, place, path.relative_to(root).as_posix()))
    return tuple(found), tuple(findings)


def _of_no_desk(inside: Path, desks: frozenset[str]) -> bool:
    return len(inside.parts) > 1 and inside.parts[0] == DESKS and inside.parts[1] not in desks


def _files(root: Path) -> list[Path]:
    return sorted(
        path
        for path in root.rglob("*")
        if not any(part.startswith(".") for part in path.relative_to(root).parts)
        and not path.name.endswith(_IGNORED)
        and not path.is_dir()
    )


def _key(root: Path, path: Path, desks: frozenset[str]) -> Key:
    parts = path.relative_to(root).parts
    desk = ""
    if parts[0] == DESKS and len(parts) > 1:
        desk, parts = parts[1], parts[2:]
        if desk not in desks:
            message = f'there is no desk "{desk}", which this template would be for'
            raise Misconfigured((Finding(str(path), 0, message),))
    match parts:
        case (str(language), str(audience), str(event), str(part)) if (
            part in PARTS
            and _LANGUAGE.fullmatch(language)
            and _WORD.fullmatch(audience)
            and _WORD.fullmatch(event)
        ):
            return Key(desk, language, f"{audience}/{event}", part)
        case ("layout.html",):
            return Key(desk, "", "", LAYOUT)
    raise Misconfigured((Finding(str(path), 0, f"is no template: {_HOW}"),))


def _source(key: Key, path: Path, root: int, inside: str) -> Source:
    try:
        return Source(key, Written(str(path), _text(path)), root, inside)
    except Misconfigured as refused:
        return Source(key, Written(str(path), ""), root, inside, refused.findings)


def _text(path: Path) -> str:
    refuse_pipe(path)
    try:
        with path.open("rb") as file:
            data = file.read(_LONGEST_FILE + 1)
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise Misconfigured((Finding(str(path), 0, message),)) from None
    if len(data) > _LONGEST_FILE:
        raise Misconfigured((Finding(str(path), 0, f"is larger than {_LONGEST_FILE} bytes"),))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Misconfigured((Finding(str(path), line, "is not UTF-8 text"),)) from None
