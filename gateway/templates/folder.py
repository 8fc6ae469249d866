"""Template files as they are found in folders: which is which, and what it says.

A folder has `LANGUAGE/AUDIENCE/EVENT/` with `subject.txt`, `body.txt` and perhaps `body.html`, a
`layout.html`, and `desks/FOLDER/` with the same below it.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from gateway.config.text_file import refuse_pipe
from gateway.errors import Finding, Misconfigured
from gateway.templates.sandbox import Written
from gateway.templates.trial import LAYOUT, PARTS

DESKS = "desks"

_LANGUAGE = re.compile(r"[a-z]{2}")
_WORD = re.compile(r"[a-z0-9][a-z0-9-]*")
_LONGEST_NAME = 160
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

    @property
    def path(self) -> str:
        """Give its path in a folder of templates."""
        desk = (DESKS, self.desk) if self.desk else ()
        named = (self.language, self.name) if self.name else ()
        return "/".join((*desk, *named, self.part))


class Root(IntEnum):
    """Where a template is from; of one file what comes first here is taken first."""

    EDITED = 0
    ADMIN = 1
    SHIPPED = 2


@dataclass(frozen=True, slots=True)
class Edited:
    """A template as it was written in the console: by whom, and as which version of it.

    `beneath` is the SHA-256 of the file that held without it then, "" for none. `version` is 0 for
    what is not saved.
    """

    key: Key
    text: str
    version: int = 0
    author: str = ""
    beneath: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A template's file as read, or what holds in its place.

    `inside` is its path in its folder. `trouble` says why it could not be read.
    """

    key: Key
    written: Written
    root: Root
    inside: str
    trouble: tuple[Finding, ...] = ()
    edited: Edited | None = None


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
    roots = dict.fromkeys((admin.resolve(), shipped))
    for place, root in zip((Root.ADMIN, Root.SHIPPED), roots, strict=False):
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


def of_path(inside: str) -> Key | None:
    """Give which file a path in a folder of templates is; None where it is that of no template."""
    parts = tuple(inside.split("/"))
    desk = ""
    if parts[0] == DESKS and len(parts) > 1:
        desk, parts = parts[1], parts[2:]
    match parts:
        case (str(language), str(audience), str(event), str(part)):
            key = Key(desk, language, f"{audience}/{event}", part)
        case (str(part),):
            key = Key(desk, "", "", part)
        case _:
            return None
    return key if _is_template(key) else None


def fault(key: Key, desks: Collection[str]) -> str:
    """Say why there can be no such template, "" where there can; `desks` are those with folders."""
    if key.desk and key.desk not in desks:
        return f'there is no desk "{key.desk}", which this template would be for'
    return "" if _is_template(key) else f"is no template: {_HOW}"


def edited_source(one: Edited) -> Source:
    """Give what was written in the console in place of a file."""
    path = one.key.path
    if one.version:
        path = f"{path} (version {one.version}, by {one.author})"
    inside = f"console/{one.version}/{one.key.path}"
    return Source(one.key, Written(path, one.text), Root.EDITED, inside, edited=one)


def _is_template(key: Key) -> bool:
    if not key.name:
        return key.part == LAYOUT and not key.language
    audience, _, event = key.name.partition("/")
    return bool(
        key.part in PARTS
        and len(key.name) <= _LONGEST_NAME
        and _LANGUAGE.fullmatch(key.language)
        and _WORD.fullmatch(audience)
        and _WORD.fullmatch(event)
    )


def _key(root: Path, path: Path, desks: frozenset[str]) -> Key:
    inside = path.relative_to(root).parts
    if inside[0] == DESKS and len(inside) > 1 and inside[1] not in desks:
        message = f'there is no desk "{inside[1]}", which this template would be for'
        raise Misconfigured((Finding(str(path), 0, message),))
    key = of_path("/".join(inside))
    if key is None:
        raise Misconfigured((Finding(str(path), 0, f"is no template: {_HOW}"),))
    return key


def _source(key: Key, path: Path, root: Root, inside: str) -> Source:
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
