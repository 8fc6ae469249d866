"""`casepost templates`: where the texts of mails come from, if they are sound, what they say."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from gateway.cli.options import ConfigOption, JsonOption
from gateway.cli.screen import plain, print_json, screen, shown
from gateway.cli.templates_preview import DeskOption, LanguageOption, chosen, previewed
from gateway.config.desk import Desk
from gateway.config.load import Configuration, load
from gateway.errors import Finding, Misused
from gateway.templates import Templates, shipped_folder
from gateway.templates import load as load_templates
from gateway.templates.folder import DESKS
from gateway.templates.lint import asked_for
from gateway.templates.meanings import offered_values, table
from gateway.templates.shelf import Taken
from gateway.templates.trial import PARTS, SUBJECT, TEXT

templates = typer.Typer(
    name="templates", add_completion=False, help="List, check and try out the texts of mails."
)


@dataclass(frozen=True, slots=True)
class _Part:
    """Which file a part is taken from; `own` if the desk has it for itself alone."""

    file: str
    shipped: bool
    own: bool


@dataclass(frozen=True, slots=True)
class _Listed:
    """A template of a desk in a language: its parts, and whether the desk's file asks for it."""

    desk: str
    language: str
    name: str
    complete: bool
    asked_for: bool
    parts: dict[str, _Part]


@templates.command("list")
def list_templates(
    config: ConfigOption,
    *,
    desk: DeskOption = "",
    language: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """List the templates of each desk in its languages, and where each part comes from.

    A desk's own file goes before a general one, and a file of the templates folder before the
    shipped one. Without subject or text a template is incomplete, and English is sent instead.

    Example: casepost templates list --desk north --json
    """
    configuration = load(config)
    found = _load(configuration)[0]
    desks = [chosen(configuration, desk)] if desk else configuration.desks
    rows = [row for one in desks for row in _listed(found, one, language)]
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    rows_shown = Table("desk", "language", "template", "subject", "text", "HTML")
    for row in rows:
        parts = (row.parts.get(part) for part in PARTS)
        rows_shown.add_row(row.desk, row.language, row.name, *(_origin(part) for part in parts))
    screen().print(rows_shown)
    for one in desks:
        for spoken in one.languages:
            of_it = [row for row in rows if (row.desk, row.language) == (one.name, spoken)]
            complete = sum(row.complete for row in of_it)
            if of_it:
                typer.echo(f"{one.name}, {spoken}: {complete} of {len(of_it)} are complete")


@templates.command("check")
def check_templates(config: ConfigOption, *, as_json: JsonOption = False) -> None:
    """Check all templates, and whether each desk has what its file asks for in its languages.

    Each finding is a line FILE:LINE: message; exit code 1 if there is any.

    Example: casepost templates check
    """
    found, findings = _load(load(config))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            at = Finding(shown(finding.path), finding.line, finding.message, finding.column)
            sys.stdout.write(plain(at) + "\n")
        wrong = f"{len(findings) or 'no'} finding{'s' * (len(findings) != 1)}"
        typer.echo(f"{len(found.found)} files, {wrong}")
    if findings:
        raise typer.Exit(1)


@templates.command("export")
def export_templates(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to put them.")],
    *,
    desk: DeskOption = "",
) -> None:
    """Write the shipped templates into a folder, to be edited; what is there stays as it is.

    Files that are not changed need not stay: without one the shipped one is used.

    Example: casepost templates export /etc/casepost/templates
    """
    root = shipped_folder()
    written = kept = 0
    for source in sorted(path for path in root.rglob("*") if path.is_file()):
        inside = source.relative_to(root)
        if inside.parts[0] == DESKS and desk not in {"", inside.parts[1]}:
            continue
        target = folder / inside
        if target.exists():
            kept += 1
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        written += 1
    typer.echo(f"{written} files written to {folder}, {kept} that were there left as they are")


@templates.command("values")
def list_values(
    *,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="As the table of docs/templates.md.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List what templates may say, in which mails, and what it means.

    Example: casepost templates values
    """
    if as_json:
        print_json([asdict(one) for one in offered_values()])
    elif markdown:
        typer.echo("\n".join(table()))
    else:
        shown_values = Table("value", "kind", "in mails to", "meaning")
        for one in offered_values():
            shown_values.add_row(one.name, one.kind, ", ".join(one.audiences), one.meaning)
        screen().print(shown_values)


@templates.command("preview")
def preview_template(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As in customer/acknowledge.")],
    config: ConfigOption,
    *,
    desk: DeskOption = "",
    language: LanguageOption = "",
    ticket: Annotated[
        str, typer.Option("--ticket", metavar="NUMBER", help="A ticket in place of an example.")
    ] = "",
    html_file: Annotated[
        Path | None, typer.Option("--html-file", metavar="PATH", help="Write the HTML there.")
    ] = None,
) -> None:
    """Show what a template comes to, with an example or with a real ticket; nothing is sent.

    Example: casepost templates preview customer/acknowledge --desk north --language nl
    """
    configuration = load(config)
    found = _load(configuration)[0]
    text = previewed(configuration, found, name, desk=desk, language=language, ticket=ticket)
    sys.stdout.write(plain(f"{text.subject}\n\n{text.body}"))
    sys.stderr.write(plain(f"The text is from {shown(text.source)}.\n"))
    if html_file is None:
        return
    if not text.html:
        raise Misused(f"{name} has no body.html here, and goes out as text alone")
    html_file.write_text(text.html, "utf-8")


def _load(configuration: Configuration) -> tuple[Templates, tuple[Finding, ...]]:
    folder = configuration.settings.templates
    return load_templates(folder, shipped_folder(), configuration.desks)


def _listed(found: Templates, desk: Desk, language: str) -> Iterator[_Listed]:
    asked = {name for name, _ in asked_for(desk)}
    for spoken in desk.languages:
        if language not in {"", spoken}:
            continue
        for name in sorted({*found.names(desk.name), *asked}):
            files = {part: found.used(desk.name, spoken, name, part) for part in PARTS}
            parts = {part: _part(taken) for part, taken in files.items() if taken}
            complete = SUBJECT in parts and TEXT in parts
            yield _Listed(desk.name, spoken, name, complete, name in asked, parts)


def _part(taken: Taken) -> _Part:
    file = taken.compiled.path
    return _Part(file, Path(file).is_relative_to(shipped_folder()), taken.own)


def _origin(part: _Part | None) -> str:
    if part is None:
        return "-"
    return f"{'own' if part.own else 'general'}, {'shipped' if part.shipped else 'yours'}"
