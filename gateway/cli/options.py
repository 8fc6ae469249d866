"""Options that several commands take, each with one spelling and one help text."""

from pathlib import Path
from typing import Annotated

import typer


def _config() -> Path:
    return Path("config/casepost.toml")


ConfigOption = Annotated[
    Path,
    typer.Option(
        "--config",
        metavar="FILE",
        help="The configuration's main file.",
        default_factory=_config,
        show_default=str(_config()),
    ),
]
# What a database keeps as an id.
MOST_ID = 2**63 - 1
FilesOnlyOption = Annotated[
    bool, typer.Option("--files-only", help="Leave out what was written in the console.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
