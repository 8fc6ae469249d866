"""`casepost export`: what is kept of a person, for them to read."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.options import ConfigOption, JsonOption
from gateway.cli.person import wanted_of
from gateway.cli.screen import complain, print_json, shown
from gateway.config.load import load
from gateway.privacy.exporting import export as export_to
from gateway.store.database import Database
from gateway.store.large_places import large_mails_of
from gateway.store.revision import require_present


def _file() -> Path:
    return Path("casepost-export.zip")


AddressArgument = Annotated[
    str, typer.Argument(metavar="ADDRESS", help="The person's mail address.")
]
ToOption = Annotated[
    Path,
    typer.Option(
        metavar="FILE",
        help="The ZIP file to make.",
        default_factory=_file,
        show_default=str(_file()),
    ),
]
InternalOption = Annotated[
    bool, typer.Option("--internal", help="Also what agents wrote to each other on their cases.")
]


def export(
    address: AddressArgument,
    config: ConfigOption,
    *,
    to: ToOption,
    internal: InternalOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write all that is kept of a person to a ZIP file: JSON, and their mails as they came.

    Exit code 1 where nothing is kept. Example: casepost export jan@klant.example --to jan.zip
    """
    configuration = load(config)
    settings = configuration.settings
    database = Database(settings.database.url, settings.data)
    try:
        require_present(database)
        wanted = wanted_of(database, configuration, address)
        now = datetime.now(UTC)
        large = large_mails_of(settings)
        done = export_to(database, large, wanted, to, now, internal=internal)
    finally:
        database.close()
    if done is None:
        complain(f"nothing is kept of {', '.join(wanted.theirs.all)}")
        raise typer.Exit(1)
    counts = {"tickets": done.tickets, "mails": done.mails, "sent": done.sent}
    if as_json:
        print_json({"file": str(to), "addresses": list(wanted.theirs.all), **counts})
    else:
        typer.echo(
            f"{shown(to)}: {done.tickets} tickets, {done.mails} mails of theirs, "
            f"{done.sent} to them"
        )
