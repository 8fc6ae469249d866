"""`casepost demo`: a real conversation, for a person to watch."""

import secrets
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from gateway.cli.screen import shown
from gateway.demo.play import Moment, Play
from gateway.demo.stage import Stage


def demo(
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the daemon running until Ctrl-C.")
    ] = False,
) -> None:
    """Play a conversation with a daemon in a temporary folder, over real sockets.

    Example: casepost demo --keep
    """
    console = Console(highlight=False)
    folder = Path(tempfile.mkdtemp(prefix="casepost-demo-"))
    stage = Stage(folder)
    console.print("[bold]Casepost[/bold]: customers' mail, and what becomes of it\n")
    try:
        with console.status("starting the daemon"):
            stage.start()
        play = Play(stage)
        for moment in play.moments():
            console.print(_line(moment))
        _say_where(console, stage, play.case_number, keep=keep)
        if keep:
            _let_in(console, stage)
            _wait_for_the_end()
    finally:
        stage.stop()
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def _let_in(console: Console, stage: Stage) -> None:
    """Make an agent an admin, too, with a password that is good for this demo alone."""
    address, password = stage.agent("nl"), secrets.token_urlsafe(12)
    stage.let_in(address, password)
    console.print(f"The console is at [bold]{stage.console_url}[/bold]", soft_wrap=True)
    console.print(f"  Sign in as {address} by the password {password}", soft_wrap=True)


def _wait_for_the_end() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        signal.pause()
    except KeyboardInterrupt:
        return


_NAME = "casepost"
_MARKS = {"in": ("→ in ", "cyan"), "out": ("← out", "green"), "note": ("     ", "dim")}


def _line(moment: Moment) -> Text:
    mark, style = _MARKS[moment.mark]
    line = Text(f"{moment.at:6.2f} s  ", "dim")
    line.append(f"{mark}  ", f"bold {style}")
    if moment.who:
        line.append(f"{moment.who}  ", style)
    line.append(moment.what, "" if moment.who else "italic")
    return line


def _say_where(console: Console, stage: Stage, case_number: str, *, keep: bool) -> None:
    console.print("\n[bold green]All came out as expected.[/bold green]")
    if not keep:
        console.print(
            f"Look at it: [bold]{_program()} demo --keep[/bold], and then", soft_wrap=True
        )
    config = f"--config {stage.config}" if keep else "--config ..."
    for command in (f"tickets {config}", f"show {case_number} {config}", f"status {config}"):
        console.print(f"  {_program()} {command}", soft_wrap=True)
    if keep:
        console.print(f"SMTP listens on 127.0.0.1:{stage.port}.")
        console.print(f"The log is {stage.folder / 'log'}", soft_wrap=True)
        console.print(f"The daemon is process {stage.pid}. Ctrl-C ends it; the folder stays.")


def _program() -> str:
    """Give the words that a person at this shell would call us by."""
    called = Path(sys.argv[0]).absolute()
    if called.name != _NAME or shutil.which(_NAME) == str(called):
        return _NAME
    return shown(called)
