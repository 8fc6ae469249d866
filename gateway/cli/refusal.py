"""What a command prints that brings files in, where something in them is wrong."""

import sys
from collections.abc import Mapping, Sequence

import typer

from gateway.cli.screen import plain, print_json, shown
from gateway.errors import Finding

_MOST_FINDINGS = 100


def refuse(findings: Sequence[Finding], counted: Mapping[str, object], *, as_json: bool) -> None:
    """Print what is wrong, a line each, and that nothing was changed; of very many, the first.

    As JSON they stand beside what was `counted`, which is nothing.
    """
    lines = [str(Finding(shown(f.path), f.line, f.message)) for f in findings[:_MOST_FINDINGS]]
    if as_json:
        print_json({**counted, "findings": lines})
        return
    for line in lines:
        sys.stdout.write(plain(line) + "\n")
    more = len(findings) - len(lines)
    if more:
        typer.echo(f"and {more} more")
    typer.echo("nothing was changed")
