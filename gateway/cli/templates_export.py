"""`casepost templates export`: texts of mails as files, to be edited or kept."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.options import ConfigOption
from gateway.cli.reading import reading
from gateway.cli.templates_preview import DeskOption
from gateway.config.load import load_settings
from gateway.store import template_versions
from gateway.templates import shipped_folder
from gateway.templates.folder import DESKS


def export_templates(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to put them.")],
    config: ConfigOption,
    *,
    desk: DeskOption = "",
    console: Annotated[
        bool, typer.Option("--console", help="What was written in the console, in place of that.")
    ] = False,
) -> None:
    """Write the shipped templates into a folder, to be edited; what is there stays as it is.

    Files that are not changed need not stay: without one the shipped one is used. With --console
    those texts are written that hold in place of a file, over what is there; in the templates
    folder they hold from the next start or SIGHUP on, and `casepost templates revert` takes them
    out of the console.

    Example: casepost templates export /etc/casepost/templates
    """
    written, kept = _edited(folder, config, desk) if console else _shipped(folder, desk)
    typer.echo(f"{written} files written to {folder}, {kept} that were there left as they are")


def _edited(folder: Path, config: Path, desk: str) -> tuple[int, int]:
    with reading(load_settings(config)) as connection:
        found = template_versions.edited(template_versions.newest(connection))
    written = 0
    for one in found:
        if desk in {"", one.key.desk}:
            target = folder / one.key.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(one.text, "utf-8")
            written += 1
    return written, 0


def _shipped(folder: Path, desk: str) -> tuple[int, int]:
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
    return written, kept
