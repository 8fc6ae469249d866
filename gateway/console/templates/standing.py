"""What of a template holds, part by part, and where it is from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from gateway.console.templates.place import Place
from gateway.store import template_versions
from gateway.store.template_versions import Version
from gateway.templates import Templates
from gateway.templates.folder import Key, Root
from gateway.templates.trial import HTML, TEXT

_ORIGINS = {Root.ADMIN: "your file", Root.SHIPPED: "shipped"}

Rank = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Held:
    """A text that is there for a part: how near, of which version if of any, in which file."""

    key: Key
    text: str
    rank: Rank
    path: str = ""
    version: Version | None = None

    @property
    def own(self) -> bool:
        """Say whether it is a desk's alone."""
        return bool(self.key.desk)

    @property
    def origin(self) -> str:
        """Say where it is from, in a word or two."""
        if self.version is not None:
            return f"version {self.version.id}"
        return _ORIGINS[Root(self.rank[1])]


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds of a part, if anything does; `based_on` is the newest version of its own file.

    `unsent` is HTML that is not sent, since the text stands nearer to the desk.
    """

    part: str
    held: Held | None
    based_on: int
    unsent: Held | None = None

    @property
    def text(self) -> str:
        """Give what holds, "" for nothing."""
        return self.held.text if self.held else ""


def newest_of(connection: Connection) -> Mapping[Key, Version]:
    """Give the newest version of each file that has any."""
    return {version.key: version for version in template_versions.newest(connection)}


def standings(
    templates: Templates, newest: Mapping[Key, Version], place: Place
) -> dict[str, Standing]:
    """Give what holds of each part at a place, as of the newest versions there are."""
    found: dict[str, Standing] = {}
    for part in place.parts:
        held = next(_held(templates, newest, place, part), None)
        unsent = None
        if part == HTML and held is not None and not _goes_with(held, found[TEXT].held):
            held, unsent = None, held
        version = newest.get(place.key(part))
        found[part] = Standing(part, held, version.id if version else 0, unsent)
    return found


def beneath(
    templates: Templates, newest: Mapping[Key, Version], place: Place, part: str
) -> Held | None:
    """Give what would hold of a part if what was written in the console for it did not."""
    own = place.key(part)
    found = _held(templates, newest, place, part)
    return next((one for one in found if one.version is None or one.key != own), None)


def _held(
    templates: Templates, newest: Mapping[Key, Version], place: Place, part: str
) -> Iterator[Held]:
    """Give all texts that there are for a part, the first that counts first."""
    for folder in dict.fromkeys((place.folder, "")):
        key = place.key(part, folder)
        version = newest.get(key)
        if version is not None and version.text is not None:
            yield Held(key, version.text, (int(not folder), Root.EDITED), "", version)
        for source in templates.found.get(key, ()):
            if not source.edited and not source.trouble:
                rank = (int(not folder), source.root)
                yield Held(key, source.written.source, rank, source.written.path)


def _goes_with(html: Held, text: Held | None) -> bool:
    """Say whether HTML is sent with a text: it stands in the same place, or in a nearer one."""
    return text is not None and html.rank <= text.rank
