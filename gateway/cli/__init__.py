"""The command line: `casepost COMMAND`. Each command stands in a module of its own.

Exit codes: 0 done, 1 a finding or an unmet expectation, 2 wrong use or wrong configuration. What
is wrong is one sentence on standard error.
"""

import logging
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

import gateway
from gateway.cli.commands import Commands
from gateway.cli.screen import complain
from gateway.errors import CasepostError, Misconfigured, Misused

app = typer.Typer(
    name="casepost",
    cls=Commands,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"casepost {gateway.__version__}")
        raise typer.Exit


@app.callback()
def _casepost(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Turn mail into tickets and answer it.

    Example: casepost check --config /etc/casepost/casepost.toml
    """
    del version


def main() -> None:
    """Run the command that the process was called with, and end with its exit code."""
    sys.exit(execute(sys.argv[1:]))


def execute(arguments: Sequence[str]) -> int:
    """Run a command and give its exit code."""
    # Without a handler of its own, what goes wrong would be printed twice: logged and said.
    logging.getLogger("casepost").addHandler(logging.NullHandler())
    try:
        code = app(args=list(arguments), prog_name="casepost", standalone_mode=False)
    except BrokenPipeError:
        # Whoever read our output has ended; Python would complain once more when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (typer.TyperException, CasepostError, OSError) as error:
        for sentence in _sentences(error):
            complain(sentence)
        return 2 if isinstance(error, _WRONG_USE) else 1
    except (typer.Abort, KeyboardInterrupt):
        complain("interrupted")
        return 130
    return code if isinstance(code, int) else 0


_WRONG_USE = (typer.TyperException, Misconfigured, Misused, OSError)


def _sentences(error: Exception) -> list[str]:
    """Say what ended a command; a broken file can have several things wrong."""
    match error:
        case typer.TyperException():
            return [f"{error.format_message().rstrip('.')}; `casepost -h` helps"]
        case Misconfigured():
            return [str(finding) for finding in error.findings]
        case OSError(strerror=str(reason), filename=name) if name:
            return [f"{name}: {reason}"]
    return [str(error)]
