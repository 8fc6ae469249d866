"""`casepost check`: is everything that admins write sound, and does it do what they expect."""

import dataclasses
import sys
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.edited import edited
from gateway.cli.options import ConfigOption, FilesOnlyOption
from gateway.cli.scratch import scratch
from gateway.cli.screen import plain, progress, shown
from gateway.config.desk import Desk
from gateway.config.load import Configuration, look
from gateway.conversation import Covered, Part, Played, coverage, play_all
from gateway.errors import Finding, Misconfigured, Misused
from gateway.store.dkim_keys import load_signers
from gateway.templates import Templates, shipped_folder
from gateway.templates import load as load_templates
from gateway.templates.folder import Edited


def check(
    config: ConfigOption,
    *,
    covered: Annotated[
        bool, typer.Option("--coverage", help="Also print what no conversation puts to use.")
    ] = False,
    files_only: FilesOnlyOption = False,
) -> None:
    """Check configuration and templates, and play the desks' own conversations.

    A desk's conversations are the files desks/NAME/conversations/*.toml beside its own. Each
    finding is a line FILE:LINE: message; exit code 1 if there is any. With --coverage it says
    beside which rules, templates, statuses, timers, targets, calendars and escalations of each desk
    the conversations put to use; that one is left out is no finding.

    Example: casepost check --config /etc/casepost/casepost.toml
    """
    if not config.exists():
        raise Misused(f"{config}: there is no such file")
    try:
        looked = look(config)
    except Misconfigured as refused:
        _end([_line(finding) for finding in refused.findings])
        return
    configuration = looked.configuration
    written = edited(configuration.settings, files_only=files_only)
    templates, findings = _around(configuration, looked.refused, written)
    lines = [_line(finding) for finding in (*looked.findings, *findings)]
    if looked.findings:
        _end(lines)
        return
    names = {(key.desk, key.language, key.name) for key in templates.found}
    paths = [path for desk in configuration.desks for path in conversations_of(desk)]
    used: set[Part] = set()
    plays = play_all(paths, configuration, scratch, written)
    for outcome in progress(plays, len(paths), "conversations"):
        differing, parts = _played(outcome)
        lines += differing
        used |= parts
    if covered:
        for one in coverage(configuration.desks, templates, used):
            if one.parts:
                _print_covered(one)
    _end(
        lines,
        _count(len(configuration.desks), "desk"),
        _count(len(names), "template"),
        _count(len(paths), "conversation"),
    )


def _around(
    configuration: Configuration, refused: tuple[str, ...], written: tuple[Edited, ...]
) -> tuple[Templates, tuple[Finding, ...]]:
    """Load the templates, and say what is wrong in them and in the keys of signatures."""
    settings, desks = configuration.settings, configuration.desks
    folders = (settings.templates, shipped_folder())
    templates, findings = load_templates(*folders, desks, refused=refused, edited=written)
    return templates, (*findings, *load_signers(settings)[1])


def conversations_of(desk: Desk) -> list[Path]:
    """Give the files of a desk's own conversations, in the order of their names."""
    return sorted((desk.path.parent / desk.name / "conversations").glob("*.toml"))


def _played(outcome: Played | tuple[Finding, ...]) -> tuple[list[str], frozenset[Part]]:
    """Give what is wrong with a conversation or went wrong in it, and what it used."""
    if not isinstance(outcome, Played):
        return [_line(finding) for finding in outcome], frozenset()
    differences = (
        dataclasses.replace(one, path=Path(shown(one.path))) for one in outcome.differences
    )
    return [str(one) for one in differences], outcome.used


def _print_covered(one: Covered) -> None:
    """Print how much of a desk's parts of a kind is put to use, and a line for each that is not."""
    used = one.parts - len(one.left_out)
    typer.echo(f"{one.desk or 'all desks'}: {used} of {_count(one.parts, one.kind.value)} used")
    for name in one.left_out:
        typer.echo(f"    {one.kind.value} {plain(name)}: in no conversation")


def _line(finding: Finding) -> str:
    return str(dataclasses.replace(finding, path=shown(finding.path)))


def _end(lines: list[str], *counts: str) -> None:
    """Print the findings and what was looked at, and end."""
    for line in lines:
        sys.stdout.write(plain(line) + "\n")
    findings = _count(len(lines), "finding") if lines else "no finding"
    typer.echo(", ".join([*counts, findings]))
    if lines:
        raise typer.Exit(1)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 'es' if word.endswith('s') else 's'}"
