"""All templates of the house: found in folders, checked, chosen and rendered.

A folder has `LANGUAGE/AUDIENCE/EVENT/subject.txt` and `body.txt`, and `desks/NAME/` with the same
below it. A desk's file goes before a general one, an admin's before the shipped one; each file by
itself, so that an admin overrides a subject and keeps the body.
"""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from gateway.config.desk import Desk
from gateway.errors import Finding, Misconfigured
from gateway.templates.fallback import BUILT_IN, plain_text
from gateway.templates.sandbox import Compiled, Failed, compiled
from gateway.templates.values import ESSENTIAL, REQUIRED, Value, samples

_log = logging.getLogger("casepost.templates")

_LAST_LANGUAGE = "en"
_LANGUAGE = re.compile(r"[a-z]{2}")
_WORD = re.compile(r"[a-z0-9][a-z0-9-]*")
_LONGEST_FILE = 64 * 1024
_IGNORED = (".md", "~", ".bak", ".swp")
_HOW = "a template is LANGUAGE/AUDIENCE/EVENT/subject.txt or body.txt, or that below desks/NAME"


@dataclass(frozen=True, slots=True)
class RenderedText:
    """What a template came to: a subject of one line, a body, and the file the body is from."""

    subject: str
    body: str
    source: str


@dataclass(frozen=True, slots=True)
class Key:
    """Which file a template is: `desk` is "" for a general one, `part` is its file's name."""

    desk: str
    language: str
    name: str
    part: str


@dataclass(frozen=True, slots=True)
class Source:
    """A template's file as read; it is compiled and tried when it is first needed."""

    key: Key
    path: str
    text: str

    def compiled(self) -> Compiled:
        """Give it ready to render. Raises Misconfigured with all that is wrong in it."""
        tried = _tried(self.text, self.path, self.key.name, self.key.part)
        if isinstance(tried, Compiled):
            return tried
        raise Misconfigured(tried)


@dataclass(frozen=True, slots=True)
class Templates:
    """The templates; what goes first stands first. One that is not sound is passed over."""

    found: Mapping[Key, tuple[Source, ...]] = field(default_factory=dict)

    def usable(self, desk: str, name: str) -> bool:
        """Say whether a template has a sound file in any language, for a desk or for all."""
        keys = (key for key in self.found if key.name == name and key.desk in {"", desk})
        return any(any(self._candidates(key.desk, key.language, name, key.part)) for key in keys)

    def has(self, desk: str, language: str, name: str) -> bool:
        """Say whether a desk has both parts of a template in exactly that language."""
        return all(
            any(self._candidates(desk, language, name, part))
            for part in ("subject.txt", "body.txt")
        )

    def render(
        self, desk: str, language: str, name: str, values: Mapping[str, Value]
    ) -> RenderedText:
        """Render a template for a customer of a desk; it always comes to something.

        A file that fails gives way to the next in order, then to English, at last to a plain
        built-in text; each step down is logged as an error.
        """
        plain_subject, plain_body = plain_text(values)
        subject, _ = self._part(Key(desk, language, name, "subject.txt"), values)
        body, source = self._part(Key(desk, language, name, "body.txt"), values)
        return RenderedText(
            " ".join(subject.split()) or plain_subject,
            body.strip("\n") + "\n" if body.strip() else plain_body,
            source,
        )

    def _part(self, key: Key, values: Mapping[str, Value]) -> tuple[str, str]:
        for language in dict.fromkeys((key.language, _LAST_LANGUAGE)):
            for one in self._candidates(key.desk, language, key.name, key.part):
                try:
                    text = one.render(values)
                except Failed as failed:
                    _log.error("%s", Finding(one.path, failed.line, str(failed)))
                    continue
                if text.strip():
                    return text, one.path
                _log.error("%s", Finding(one.path, 0, "came out empty"))
        _log.error(
            "no template %s/%s/%s works for desk %s; the built-in text is sent",
            key.language,
            key.name,
            key.part,
            key.desk,
        )
        return "", BUILT_IN

    def _candidates(self, desk: str, language: str, name: str, part: str) -> Iterator[Compiled]:
        for owner in (desk, ""):
            for source in self.found.get(Key(owner, language, name, part), ()):
                try:
                    yield source.compiled()
                except Misconfigured as refused:
                    _log.error("a template is not used: %s", refused)


def load(
    admin: Path, shipped: Path, desks: Iterable[Desk]
) -> tuple[Templates, tuple[Finding, ...]]:
    """Load the admin's templates with the shipped ones underneath, and say what is wrong.

    What is wrong is left out, and what stands below it is used instead; whoever loads templates
    to send mails raises the alarm.
    """
    desks = tuple(desks)
    sources, findings = _read(admin, shipped, desks)
    sound: list[Source] = []
    for source in sources:
        try:
            source.compiled()
        except Misconfigured as refused:
            findings += refused.findings
        else:
            sound.append(source)
    templates = Templates(_by_key(sound))
    findings += _missing(templates, desks)
    return templates, tuple(findings)


def load_unchecked(admin: Path, shipped: Path, desks: Iterable[Desk]) -> Templates:
    """Load the same for a process beside one that has said what is wrong.

    To compile and try all of them takes as long as to take in a hundred mails.
    """
    sources, _ = _read(admin, shipped, tuple(desks))
    return Templates(_by_key(sources))


def _read(
    admin: Path, shipped: Path, desks: tuple[Desk, ...]
) -> tuple[list[Source], list[Finding]]:
    found: list[Source] = []
    findings: list[Finding] = []
    names = {desk.name for desk in desks}
    for root in dict.fromkeys((admin.resolve(), shipped.resolve())):
        for path in _files(root):
            try:
                found.append(Source(_key(root, path, names), str(path), _source(path)))
            except Misconfigured as refused:
                findings += refused.findings
    return found, findings


def _by_key(sources: Iterable[Source]) -> dict[Key, tuple[Source, ...]]:
    found: dict[Key, tuple[Source, ...]] = {}
    for source in sources:
        found[source.key] = (*found.get(source.key, ()), source)
    return found


def _needed(desk: Desk) -> tuple[str, ...]:
    """Give the templates that a desk must have in each of its languages."""
    return tuple(dict.fromkeys((*REQUIRED, *(timer.mail for timer in desk.timer if timer.mail))))


def shipped_folder() -> Path:
    """Give the folder of the shipped templates: in the installed package, or in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "shipped" / "templates"
    return installed if installed.is_dir() else package.parent / "templates"


@lru_cache(maxsize=2048)
def _tried(source: str, path: str, name: str, part: str) -> Compiled | tuple[Finding, ...]:
    """Compile a template's file once, however often it is wanted in one process; or say why not."""
    try:
        one = compiled(source, path, samples(name))
        _check_essential(name, part, one)
    except Misconfigured as refused:
        return refused.findings
    return one


def _files(root: Path) -> list[Path]:
    return sorted(
        path
        for path in root.rglob("*")
        if not any(part.startswith(".") for part in path.relative_to(root).parts)
        and not path.name.endswith(_IGNORED)
        and not path.is_dir()
    )


def _key(root: Path, path: Path, desks: set[str]) -> Key:
    parts = path.relative_to(root).parts
    desk = ""
    if parts[0] == "desks" and len(parts) > 1:
        desk, parts = parts[1], parts[2:]
        if desk not in desks:
            raise _refused(path, f'there is no desk "{desk}", which this template would be for')
    match parts:
        case (language, audience, event, ("subject.txt" | "body.txt") as part) if (
            _LANGUAGE.fullmatch(language) and _WORD.fullmatch(audience) and _WORD.fullmatch(event)
        ):
            return Key(desk, language, f"{audience}/{event}", part)
    raise _refused(path, f"is no template: {_HOW}")


def _source(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(_LONGEST_FILE + 1)
    except OSError as error:
        raise _refused(path, f"cannot be read: {error.strerror}") from None
    if len(data) > _LONGEST_FILE:
        raise _refused(path, f"is larger than {_LONGEST_FILE} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Misconfigured((Finding(str(path), line, "is not UTF-8 text"),)) from None


def _check_essential(name: str, part: str, one: Compiled) -> None:
    """Refuse a body that leaves out what the mail exists for."""
    value = ESSENTIAL.get(name)
    if value is None or part != "body.txt":
        return
    example = samples(name)[0]
    said = example[value]
    if not isinstance(said, str) or said not in one.render(example):
        message = f"does not say {{{{ {value} }}}}, which is what this mail is for"
        raise _refused(Path(one.path), message)


def _missing(templates: Templates, desks: Iterable[Desk]) -> Iterator[Finding]:
    for desk in desks:
        for language in desk.languages:
            for name in _needed(desk):
                if not templates.has(desk.name, language, name):
                    message = f'the desk speaks "{language}", but has no template {language}/{name}'
                    yield Finding(str(desk.path), 0, message)


def _refused(path: Path, message: str) -> Misconfigured:
    return Misconfigured((Finding(str(path), 0, message),))
