"""How a template was before: what was saved together, and what each of its parts said then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from gateway.console.templates.place import LABELS, Place
from gateway.store import template_versions
from gateway.store.template_versions import Version

Past = Mapping[str, tuple[Version, ...]]
"""The versions of each part of a template, the newest first."""


@dataclass(frozen=True, slots=True)
class Save:
    """What somebody saved at once; `parts` are its labels, those `to_file` went back to the file.

    `id` is that of the last version of it.
    """

    id: int
    versions: tuple[Version, ...]

    @property
    def first(self) -> Version:
        """Give one of its versions, for what they have in common."""
        return self.versions[0]

    @property
    def parts(self) -> tuple[str, ...]:
        """Give what was written, by its labels."""
        return tuple(LABELS[one.part] for one in self.versions if one.text is not None)

    @property
    def to_file(self) -> tuple[str, ...]:
        """Give what went back to the file, by its labels."""
        return tuple(LABELS[one.part] for one in self.versions if one.text is None)


def past_of(connection: Connection, place: Place) -> Past:
    """Read the versions of a template's own files."""
    return {part: template_versions.history(connection, place.key(part)) for part in place.parts}


def saves(past: Past) -> tuple[Save, ...]:
    """Give what was saved at once, the newest first."""
    found: list[list[Version]] = []
    for one in sorted((one for versions in past.values() for one in versions), key=_id):
        if found and _belongs(one, found[-1]):
            found[-1].append(one)
        else:
            found.append([one])
    return tuple(Save(versions[-1].id, tuple(versions)) for versions in reversed(found))


def as_of(past: Past, last: int) -> dict[str, Version | None]:
    """Give the version of each part that held when the version with that id was saved."""
    return {
        part: next((one for one in versions if one.id <= last), None)
        for part, versions in past.items()
    }


def _belongs(version: Version, others: Sequence[Version]) -> bool:
    """Say whether a version was saved with others: it has their time, and is of another part."""
    before = others[-1]
    together = (version.at, version.author) == (before.at, before.author)
    return together and version.part not in {one.part for one in others}


def _id(version: Version) -> int:
    return version.id
