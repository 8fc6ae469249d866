"""Load the whole configuration: `casepost.toml` and the desk files that it names."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gateway.config import desk_checks, house_checks
from gateway.config.desk import Desk
from gateway.config.oauth2 import OAuth2
from gateway.config.settings import Dkim, Settings
from gateway.config.shape import fit
from gateway.config.sound_rules import check_beside
from gateway.config.text_file import refuse
from gateway.config.toml_file import TomlFile, read
from gateway.errors import Finding, Misconfigured


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything that the files say: paths absolute, addresses canonical, and all of it sound.

    Desks are in the order of their names. `path` is that of `casepost.toml`, of no file where what
    it says came another way.
    """

    settings: Settings
    desks: tuple[Desk, ...]
    path: Path = Path()

    def desk(self, name: str) -> Desk:
        """Give a desk by its name; raises KeyError if there is none."""
        for desk in self.desks:
            if desk.name == name:
                return desk
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Looked:
    """What is sound of the files, and what is wrong with them.

    `refused` are the names of the folders that the templates of desks which are left out are in.
    """

    configuration: Configuration
    refused: tuple[str, ...]
    findings: tuple[Finding, ...]


def load(path: Path) -> Configuration:
    """Load `casepost.toml` at `path`; raises Misconfigured with everything that is wrong at once.

    Relative paths are taken from the file that they stand in. Secrets are named, not read.
    """
    looked = look(path)
    if looked.findings:
        raise Misconfigured(looked.findings)
    return looked.configuration


def look(path: Path) -> Looked:
    """Load what is sound, for what only says what is wrong; nothing may be served with it.

    Raises Misconfigured where neither desks nor templates can be looked for.
    """
    file = read(path.resolve())
    settings, findings = _settings(file)
    desks: list[tuple[TomlFile, Desk]] = []
    try:
        paths = _matching(file, settings.desks)
    except Misconfigured as refused:
        findings += refused.findings
        paths = []
    left_out: list[str] = []
    for desk_path in paths:
        try:
            desks.append(_desk(desk_path))
        except Misconfigured as refused:
            findings += refused.findings
            left_out.append(_templates_of(desk_path))
    findings += house_checks.check(file, settings)
    if len(desks) == len(paths):
        findings += house_checks.check_recipients(file, settings, [desk for _, desk in desks])
        findings += desk_checks.check_pages(desks, pages=settings.web is not None)
    findings += desk_checks.check_together(desks)
    files = list(dict.fromkeys(finding.path for finding in findings))
    findings.sort(key=lambda finding: (files.index(finding.path), finding.line))
    found = tuple(dict.fromkeys(findings))
    if found and (not paths or "templates" in _misfits(file)):
        raise Misconfigured(found)
    configuration = Configuration(settings, tuple(desk for _, desk in desks), file.path)
    return Looked(configuration, tuple(left_out), found)


def load_settings(path: Path) -> Settings:
    """Load `casepost.toml` alone, for what works while a desk file is wrong.

    Raises Misconfigured with everything that is wrong in it.
    """
    file = read(path.resolve())
    settings, findings = _settings(file)
    findings += house_checks.check(file, settings)
    if findings:
        raise Misconfigured(tuple(sorted(findings, key=lambda finding: finding.line)))
    return settings


def desk_file(path: Path, settings: Settings, name: str) -> TomlFile:
    """Read a desk's file as it is now; raises Misconfigured where that cannot be done.

    `path` is that of `casepost.toml`.
    """
    found = {one.stem: one for one in _matching(TomlFile(path, {}, {}), settings.desks)}
    if name not in found:
        refuse(path, 0, f'there is no file of the desk "{name}"')
    return read(found[name])


def desk_files(path: Path, settings: Settings) -> tuple[Path, ...]:
    """Give the files that are desks, sound or not; raises Misconfigured if there are none.

    `path` is that of `casepost.toml`.
    """
    return tuple(_matching(TomlFile(path, {}, {}), settings.desks))


def _settings(file: TomlFile) -> tuple[Settings, list[Finding]]:
    """Fit each top-level key by itself, so that the sound ones can be checked further at once."""
    misfits = _misfits(file)
    sound = {key: value for key, value in file.tree.items() if key not in misfits}
    settings = fit(Settings, dataclasses.replace(file, tree=sound), path=str(file.path))
    findings = [finding for found in misfits.values() for finding in found]
    return _absolute(settings, file.path.parent), findings


def _misfits(file: TomlFile) -> dict[str, tuple[Finding, ...]]:
    found = {}
    for key, value in file.tree.items():
        try:
            fit(Settings, dataclasses.replace(file, tree={key: value}), path=str(file.path))
        except Misconfigured as refused:
            found[key] = refused.findings
    return found


def _absolute(settings: Settings, folder: Path) -> Settings:
    def place(path: Path | None) -> Path | None:
        return None if path is None else (folder / path).resolve()

    return dataclasses.replace(
        settings,
        templates=(folder / settings.templates).resolve(),
        data=(folder / settings.data).resolve(),
        raw=dataclasses.replace(
            settings.raw,
            folder=(folder / settings.data / settings.raw.folder).resolve(),
            ca_file=place(settings.raw.ca_file),
        ),
        listener=tuple(
            dataclasses.replace(
                one, certificate=place(one.certificate), private_key=place(one.private_key)
            )
            for one in settings.listener
        ),
        imap=tuple(
            dataclasses.replace(
                one,
                ca_file=place(one.ca_file),
                oauth2=_tokens(one.oauth2, place),
                address=house_checks.canonical_or_same(one.address),
            )
            for one in settings.imap
        ),
        msa=settings.msa
        and dataclasses.replace(
            settings.msa,
            ca_file=place(settings.msa.ca_file),
            oauth2=_tokens(settings.msa.oauth2, place),
        ),
        dkim=tuple(_signing(one, folder) for one in settings.dkim),
    )


def _signing(one: Dkim, folder: Path) -> Dkim:
    key = (folder / one.private_key).resolve()
    return dataclasses.replace(one, domain=one.domain.lower(), private_key=key)


def _tokens(of: OAuth2 | None, place: Callable[[Path | None], Path | None]) -> OAuth2 | None:
    return of and dataclasses.replace(
        of, ca_file=place(of.ca_file), client_certificate=place(of.client_certificate)
    )


def _matching(file: TomlFile, pattern: str) -> list[Path]:
    """Give the desk files in the order of their names; raises Misconfigured if there are none."""
    # An absolute pattern is searched from the root, any other from the file that says it.
    root = file.path.parent / Path(pattern).anchor
    try:
        found = list(root.glob(pattern.removeprefix(Path(pattern).anchor)))
    except (ValueError, NotImplementedError):
        found = []
    desks = sorted((one for one in found if not one.name.startswith(".")), key=lambda p: p.stem)
    if not desks:
        message = f'no desk file matches "{pattern}"'
        raise Misconfigured((file.finding(message, "desks"),))
    return desks


def _desk(path: Path) -> tuple[TomlFile, Desk]:
    file = read(path)
    try:
        desk = fit(Desk, file, name=path.stem, path=str(path))
    except Misconfigured as refused:
        raise Misconfigured((*refused.findings, *check_beside(file))) from None
    return file, desk_checks.check(file, desk)


def _templates_of(path: Path) -> str:
    """Give the name of the folder that a refused desk's templates are in."""
    try:
        said = read(path).tree.get("templates")
    except Misconfigured:
        said = None
    return said if said and isinstance(said, str) else path.stem
