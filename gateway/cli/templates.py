"""`casepost templates`: where the texts of mails come from, if they are sound, what they say."""

import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from gateway.cli.edited import edited
from gateway.cli.options import ConfigOption, FilesOnlyOption, JsonOption
from gateway.cli.screen import plain, print_json, screen, shown
from gateway.cli.templates_export import export_templates
from gateway.cli.templates_history import list_versions, revert_template
from gateway.cli.templates_preview import DeskOption, LanguageOption, chosen, previewed
from gateway.config.desk import Desk
from gateway.config.load import Configuration, load
from gateway.editing import beneath
from gateway.errors import Finding, Misused
from gateway.templates import Templates, shipped_folder
from gateway.templates import load as load_templates
from gateway.templates.folder import Root
from gateway.templates.lint import asked_for
from gateway.templates.meanings import offered_values, table
from gateway.templates.shelf import Taken
from gateway.templates.trial import PARTS, SUBJECT, TEXT

templates = typer.Typer(
    name="templates", add_completion=False, help="List, check and try out the texts of mails."
)


@dataclass(frozen=True, slots=True)
class _Part:
    """Which file a part is taken from; `own` if the desk has it for itself alone.

    Of what was written in the console `version` is the number, else 0, and `file_changed` says
    that the file which it was written for is another by now.
    """

    file: str
    shipped: bool
    own: bool
    version: int = 0
    author: str = ""
    file_changed: bool = False


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
    files_only: FilesOnlyOption = False,
    as_json: JsonOption = False,
) -> None:
    """List the templates of each desk in its languages, and where each part comes from.

    A desk's own file goes before a general one, what was written in the console before the file
    that it was written for, and a file of the templates folder before the shipped one. Without
    subject or text a template is incomplete, and English is sent instead.

    Example: casepost templates list --desk north --json
    """
    configuration = load(config)
    found = _load(configuration, files_only=files_only)[0]
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
def check_templates(
    config: ConfigOption, *, files_only: FilesOnlyOption = False, as_json: JsonOption = False
) -> None:
    """Check all templates, and whether each desk has what its file asks for in its languages.

    Each finding is a line FILE:LINE: message; exit code 1 if there is any.

    Example: casepost templates check
    """
    found, findings = _load(load(config), files_only=files_only)
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


templates.command("export")(export_templates)
templates.command("history")(list_versions)
templates.command("revert")(revert_template)


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
def preview_template(  # noqa: PLR0913  they are its options
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
    files_only: FilesOnlyOption = False,
) -> None:
    """Show what a template comes to, with an example or with a real ticket; nothing is sent.

    Example: casepost templates preview customer/acknowledge --desk north --language nl
    """
    configuration = load(config)
    found = _load(configuration, files_only=files_only)[0]
    text = previewed(configuration, found, name, desk=desk, language=language, ticket=ticket)
    sys.stdout.write(plain(f"{text.subject}\n\n{text.body}"))
    sys.stderr.write(plain(f"The text is from {shown(text.source)}.\n"))
    if html_file is None:
        return
    if not text.html:
        raise Misused(f"{name} has no body.html here, and goes out as text alone")
    html_file.write_text(text.html, "utf-8")


def _load(
    configuration: Configuration, *, files_only: bool
) -> tuple[Templates, tuple[Finding, ...]]:
    settings = configuration.settings
    written = edited(settings, files_only=files_only)
    folders = (settings.templates, shipped_folder())
    return load_templates(*folders, configuration.desks, edited=written)


def _listed(found: Templates, desk: Desk, language: str) -> Iterator[_Listed]:
    asked = {name for name, _ in asked_for(desk)}
    for spoken in desk.languages:
        if language not in {"", spoken}:
            continue
        for name in sorted({*found.names(desk.name), *asked}):
            files = {part: found.used(desk.name, spoken, name, part) for part in PARTS}
            parts = {part: _part(found, taken) for part, taken in files.items() if taken}
            complete = SUBJECT in parts and TEXT in parts
            yield _Listed(desk.name, spoken, name, complete, name in asked, parts)


def _part(found: Templates, taken: Taken) -> _Part:
    one = taken.source
    if one.edited is None:
        return _Part(taken.compiled.path, one.root is Root.SHIPPED, taken.own)
    changed = one.edited.beneath != beneath(found, one.key)
    version, author = one.edited.version, one.edited.author
    return _Part(
        one.key.path,
        shipped=False,
        own=taken.own,
        version=version,
        author=author,
        file_changed=changed,
    )


def _origin(part: _Part | None) -> str:
    if part is None:
        return "-"
    whose = "own" if part.own else "general"
    if part.version:
        changed = ", file changed" * part.file_changed
        return f"{whose}, version {part.version} by {part.author}{changed}"
    return f"{whose}, {'shipped' if part.shipped else 'yours'}"
