"""All templates of the house: chosen for a desk and a reader, and rendered.

A desk's file goes before a general one, an admin's before the shipped one, and what was written in
the console before the file that it was written for; each file by itself, so that an admin
overrides a subject and keeps the body.
"""

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from gateway.config.desk import Desk
from gateway.errors import Finding
from gateway.templates import folder, lint
from gateway.templates.fallback import BUILT_IN, plain_text
from gateway.templates.folder import Edited, Key, Root, Source, edited_source, fault
from gateway.templates.last_good import LastGood
from gateway.templates.sandbox import Failed
from gateway.templates.shelf import Shelf, Taken
from gateway.templates.trial import HTML, LAYOUT, PARTS, SUBJECT, TEXT, checks
from gateway.templates.values import Value
from gateway.templates.written import Reader, is_universal

_log = logging.getLogger("casepost.templates")

_LAST_LANGUAGE = "en"
# The value that a template says its reader's name by.
_READER = "person"


@dataclass(frozen=True, slots=True)
class RenderedText:
    """What a template came to: a subject of one line, a body, and the file the body is from.

    `html` says the same as the body, "" if there is none.
    """

    subject: str
    body: str
    source: str
    html: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """Where a desk's own templates are, and in which zone its times are written."""

    folder: str
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class _Said:
    """What a part came to, which file it is, and in which language."""

    text: str
    taken: Taken
    language: str


@dataclass(frozen=True, slots=True)
class Templates:
    """The templates; one that is not sound is passed over. `homes` are the desks by their names."""

    shelf: Shelf = field(default_factory=Shelf)
    homes: Mapping[str, Home] = field(default_factory=dict)

    @property
    def edited(self) -> tuple[Source, ...]:
        """Give what was written in the console and holds in place of a file."""
        files = (source for of_key in self.shelf.found.values() for source in of_key)
        return tuple(source for source in files if source.edited)

    def unsound(self) -> tuple[Finding, ...]:
        """Say what is wrong with what was written in the console; what stands below it is used."""
        found = (self.shelf.findings(one) for one in self.edited if one not in self.shelf.known)
        return tuple(finding for of_one in found for finding in of_one)

    def with_edited(self, edited: Iterable[Edited]) -> "Templates":
        """Give the same files with other texts from the console before them."""
        folders = {home.folder for home in self.homes.values()}
        files = (source for of_key in self.shelf.found.values() for source in of_key)
        sources = (*_edited(edited, folders), *(one for one in files if not one.edited))
        before = {one for one in self.edited if one.key.part == LAYOUT}
        known = self.shelf.known.intersection(sources)
        if before != {one for one in sources if one.edited and one.key.part == LAYOUT}:
            known = frozenset(one for one in known if one.key.part != HTML)
        unsaved = {one.written for one in sources if one.edited and not one.edited.version}
        shelf = Shelf(
            _by_key(sources), self.shelf.kept, known, set(self.shelf.told), frozenset(unsaved)
        )
        return replace(self, shelf=shelf)

    @property
    def found(self) -> Mapping[Key, tuple[Source, ...]]:
        """Give all files, by what they are."""
        return self.shelf.found

    def names(self, desk: str) -> tuple[str, ...]:
        """Give the names of all templates that a desk could use, in order."""
        return tuple(sorted({key.name for key in self._of(desk) if key.name}))

    def languages(self, desk: str, name: str) -> tuple[str, ...]:
        """Give the languages that a desk has something of a template in, in order."""
        return tuple(sorted({key.language for key in self._of(desk) if key.name == name}))

    def own(self, desk: str) -> tuple[str, ...]:
        """Give the names of a desk's own templates, in order."""
        home = self._home(desk)
        return tuple(sorted({k.name for k in self.shelf.found if k.desk == home.folder and k.name}))

    def usable(self, desk: str, name: str) -> bool:
        """Say whether a template is whole and sound in any language, for a desk or for all."""
        return any(self.has(desk, language, name) for language in self.languages(desk, name))

    def has(self, desk: str, language: str, name: str) -> bool:
        """Say whether a desk has subject and text of a template in exactly that language."""
        own = self._home(desk).folder
        return all(self.shelf.has(own, language, name, part) for part in (SUBJECT, TEXT))

    def used(self, desk: str, language: str, name: str, part: str) -> Taken | None:
        """Give the file that a part is taken from, in exactly that language."""
        own = self._home(desk).folder
        one = next(self.shelf.takes(own, language, name, TEXT if part == HTML else part), None)
        if one is None or part != HTML:
            return one
        return next(self.shelf.takes_html(own, language, name, one.rank), None)

    def names_reader(self, desk: str, language: str, name: str) -> bool:
        """Say whether a template may say who reads it; else it says the same to all."""
        own = self._home(desk).folder
        return any(
            _READER in one.compiled.names
            for spoken in dict.fromkeys((language, _LAST_LANGUAGE))
            for part in PARTS
            for one in self.shelf.takes(own, spoken, name, part)
        )

    def render(
        self, desk: str, language: str, name: str, values: Mapping[str, Value], timezone: str = ""
    ) -> RenderedText:
        """Render a template for a customer of a desk; it always comes to something.

        A file that fails gives way to the next in order, then to English, at last to a plain
        built-in text; each step down is logged as an error. Times are those of the reader's
        `timezone`, which is said where it is not the desk's, or is no place's.
        """
        plain_subject, plain_body = plain_text(values)
        reader = self._reader(desk, language, name, timezone)
        subject = self._part(desk, Key("", language, name, SUBJECT), values, reader)
        body = self._part(desk, Key("", language, name, TEXT), values, reader)
        return RenderedText(
            " ".join(subject.text.split()) if subject else plain_subject,
            body.text.strip("\n") + "\n" if body else plain_body,
            body.taken.compiled.path if body else BUILT_IN,
            self._html(desk, name, body, values, reader) if body else "",
        )

    def _reader(self, desk: str, language: str, name: str, timezone: str) -> Reader:
        own = self._home(desk).timezone
        zone = timezone or own
        # Agents know by which clock their desk works; a customer cannot guess that it is nobody's.
        named = zone != own or (is_universal(zone) and not name.startswith("agent/"))
        return Reader(language, zone, names_zone=named)

    def _part(
        self, desk: str, key: Key, values: Mapping[str, Value], reader: Reader
    ) -> _Said | None:
        home = self._home(desk)
        for language in dict.fromkeys((key.language, _LAST_LANGUAGE)):
            taken = self.shelf.takes(home.folder, language, key.name, key.part)
            said = _first(taken, values, _reading(reader, language))
            if said:
                return said
        _log.error(
            "no template %s/%s/%s works for desk %s; the built-in text is sent",
            key.language,
            key.name,
            key.part,
            desk,
        )
        return None

    def _html(
        self, desk: str, name: str, body: _Said, values: Mapping[str, Value], reader: Reader
    ) -> str:
        home = self._home(desk)
        taken = self.shelf.takes_html(home.folder, body.language, name, body.taken.rank)
        said = _first(taken, values, _reading(reader, body.language))
        return said.text.strip("\n") + "\n" if said else ""

    def _of(self, desk: str) -> Iterator[Key]:
        own = self._home(desk).folder
        return (key for key in self.shelf.found if key.desk in {"", own})

    def _home(self, desk: str) -> Home:
        return self.homes.get(desk) or Home(desk)


def load(  # noqa: PLR0913  each of them by itself
    admin: Path,
    shipped: Path,
    desks: Iterable[Desk],
    data: Path | None = None,
    *,
    keep: bool = True,
    refused: Iterable[str] = (),
    edited: Iterable[Edited] = (),
) -> tuple[Templates, tuple[Finding, ...]]:
    """Load the admin's templates with the shipped ones underneath, and say what is wrong.

    What is wrong is left out, and what stands below it is used instead; whoever loads templates to
    send mails raises the alarm. With a data folder, what was found sound there is not tried again;
    and what is sound now is kept, unless somebody only looks. `refused` are the folders of desks
    that are left out, since something is wrong in their own files. `edited` is what was written in
    the console; what is there for no desk of this house is passed over.
    """
    desks = tuple(desks)
    folders = (*_folders(desks), *refused)
    files, findings = folder.read(admin, shipped, folders)
    sources = (*_edited(edited, folders), *files)
    kept = LastGood(data)
    shelf = Shelf(_by_key(sources), kept, _known(sources, kept))
    wrong = {source: shelf.findings(source) for source in sources if source not in shelf.known}
    findings += tuple(finding for found in wrong.values() for finding in found)
    shelf.told.update(findings)
    unsound = {source for source, found in wrong.items() if found}
    if keep:
        kept.keep((s for s in sources if s not in unsound), unsound, checks())
    templates = Templates(shelf, _homes(desks))
    return templates, (*findings, *lint.missing(templates, desks))


def _known(sources: Iterable[Source], kept: LastGood) -> frozenset[Source]:
    """Give the files that are known to be sound; a body of HTML hangs on its layout, too."""
    sources = tuple(sources)
    unchanged = kept.unchanged(sources, checks())
    layouts = [source for source in sources if source.key.part == LAYOUT]
    ours = {source.inside for source in layouts if source.root is not Root.SHIPPED}
    gone = {path for path in kept.texts() if path.endswith(LAYOUT)} - ours
    if not gone and unchanged.issuperset(layouts):
        return unchanged
    return frozenset(source for source in unchanged if source.key.part != HTML)


def _edited(edited: Iterable[Edited], folders: Collection[str]) -> tuple[Source, ...]:
    return tuple(edited_source(one) for one in edited if not fault(one.key, folders))


def shipped_folder() -> Path:
    """Give the folder of the shipped templates: in the installed package, or in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "shipped" / "templates"
    return installed if installed.is_dir() else package.parent / "templates"


def _reading(reader: Reader, language: str) -> Reader:
    """Give who reads another language in the same way."""
    return reader if reader.language == language else replace(reader, language=language)


def _first(taken: Iterable[Taken], values: Mapping[str, Value], reader: Reader) -> _Said | None:
    """Give what the first of some files comes to that does not fail with these values."""
    for one in taken:
        try:
            text = one.compiled.render(values, reader)
        except Failed as failed:
            _log.error("%s", Finding(one.compiled.path, failed.line, str(failed)))
            continue
        if text.strip():
            return _Said(text, one, reader.language)
        _log.error("%s", Finding(one.compiled.path, 0, "came out empty"))
    return None


def _folders(desks: Iterable[Desk]) -> tuple[str, ...]:
    return tuple(desk.templates or desk.name for desk in desks)


def _homes(desks: Iterable[Desk]) -> dict[str, Home]:
    return {desk.name: Home(desk.templates or desk.name, desk.timezone) for desk in desks}


def _by_key(sources: Iterable[Source]) -> dict[Key, tuple[Source, ...]]:
    found: dict[Key, tuple[Source, ...]] = {}
    for source in sources:
        found[source.key] = (*found.get(source.key, ()), source)
    return found
