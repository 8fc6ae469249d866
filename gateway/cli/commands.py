"""The commands and where they stand: a command's module is imported when it is asked for.

What reads mail, HTML in all languages among it, takes longer to import than `casepost status` to
answer; a command pays for what it needs itself. The list of all commands imports them all.
"""

from importlib import import_module
from typing import Any

from typer import Typer
from typer._click.core import Command, Context
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

# In the order of `casepost --help`. Each module has a function or an app of the command's name.
MODULES = {
    "run": "gateway.cli.run",
    "demo": "gateway.cli.demo",
    "check": "gateway.cli.check",
    "doctor": "gateway.cli.doctor",
    "simulate": "gateway.cli.simulate",
    "explain": "gateway.cli.explain",
    "backtest": "gateway.cli.backtest",
    "tickets": "gateway.cli.tickets",
    "show": "gateway.cli.show",
    "report": "gateway.cli.report",
    "status": "gateway.cli.status",
    "bench": "gateway.cli.bench",
    "held": "gateway.cli.aside",
    "failed": "gateway.cli.aside",
    "outbox": "gateway.cli.outbox",
    "defect": "gateway.cli.defect",
    "rules": "gateway.cli.rules",
    "templates": "gateway.cli.templates",
    "directory": "gateway.cli.directory",
    "kb": "gateway.cli.knowledge",
    "keys": "gateway.cli.keys",
    "oauth2": "gateway.cli.oauth2",
    "admin": "gateway.cli.admin",
    "export": "gateway.cli.export",
    "erase": "gateway.cli.erase",
    "retention": "gateway.cli.retention",
    "backup": "gateway.cli.backup",
    "restore": "gateway.cli.restore",
}


class Commands(TyperGroup):
    """The group of all commands."""

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401  typer's, passed on
        """Know the commands' names, which typer lists and compares with an unknown one."""
        super().__init__(**attributes)
        self.commands.update({name: TyperCommand(name) for name in MODULES})

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """Import a command; None if there is no such command."""
        del ctx
        if cmd_name not in MODULES:
            return None
        found = getattr(import_module(MODULES[cmd_name]), cmd_name)
        if isinstance(found, Typer):
            return get_command(found)
        app = Typer(add_completion=False)
        app.command(cmd_name)(found)
        return get_command(app)
