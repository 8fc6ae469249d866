"""`casepost erase`: what is kept of a person goes."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer

from gateway.cli.options import ConfigOption, JsonOption
from gateway.cli.owner import require_owner
from gateway.cli.person import canonical, is_agent, wanted_of
from gateway.cli.screen import print_json
from gateway.config.load import Configuration, load
from gateway.courier.file_outlet import folder_in
from gateway.errors import Misused, Transient
from gateway.privacy import remains
from gateway.privacy.erasing import Asked, House, Kept, digest_of, kept_of
from gateway.privacy.erasing import erase as erase_kept
from gateway.store import keys
from gateway.store.audit import OPERATOR
from gateway.store.database import Database
from gateway.store.large_places import large_mails_of
from gateway.store.personal.found import Wanted
from gateway.store.revision import require_present

_ROWS = {
    "absences": "absence notices",
    "account_names": "names by which their account is found",
    "correspondents": "limits on mail to them",
    "defect_notices": "notices of defects that were fixed",
    "feedback": "ratings and requests for one",
    "message_ids": "references to mails of ours that they have",
    "orders": "orders",
    "person_aliases": "further addresses",
    "persons": "row in the directory",
    "rule_hits": "limits of rules",
    "sign_in_failures": "failed attempts to sign in",
    "users": "user of the console",
}


AddressArgument = Annotated[
    str, typer.Argument(metavar="ADDRESS", help="The person's mail address.")
]
ConfirmOption = Annotated[
    str, typer.Option(metavar="ADDRESS", help="Erase, without asking: the address once more.")
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only list what would be erased.")]
AllMailsOption = Annotated[
    bool,
    typer.Option("--all-mails", help="Also what other customers wrote on the person's cases."),
]
AlsoUserOption = Annotated[
    bool, typer.Option("--also-user", help="Even if the person works here, or can sign in.")
]
VacuumOption = Annotated[
    bool | None,
    typer.Option(
        "--vacuum/--no-vacuum",
        help="On SQLite: write the file anew, so that no bytes are left; mail waits meanwhile. "
        "Without either this is done where the file is small.",
    ),
]


def erase(  # noqa: PLR0913  a command has the options that it has
    address: AddressArgument,
    config: ConfigOption,
    *,
    confirm: ConfirmOption = "",
    dry_run: DryRunOption = False,
    all_mails: AllMailsOption = False,
    also_user: AlsoUserOption = False,
    vacuum: VacuumOption = None,
    as_json: JsonOption = False,
) -> None:
    """Erase what is kept of a person: lists it first, and asks on a terminal.

    Cases stay with their times, without what was said. Nothing is erased unless the address is
    given twice. Example: casepost erase jan@klant.example --confirm jan@klant.example
    """
    configuration = load(config)
    with _opened(configuration) as database:
        wanted = wanted_of(database, configuration, address, all_mails=all_mails)
        kept = kept_of(database, wanted)
        if not also_user and (kept.is_user or is_agent(configuration, wanted.theirs)):
            raise Misused(
                f"{wanted.theirs.all[0]} works here or may sign in: what they did for others is "
                "kept under their name; --also-user erases the name as well"
            )
        if not as_json:
            _print(kept, wanted.theirs.all)
        done = not dry_run and not kept.is_nothing() and _is_sure(address, confirm)
        left = ""
        if done:
            _erase(configuration, database, wanted, kept)
            left = _remove_remains(database, vacuum=vacuum)
    if as_json:
        print_json({**_plain(kept), "addresses": list(wanted.theirs.all), "erased": done})
    elif done:
        typer.echo(f"All of it is erased. {left}".rstrip())
    elif not kept.is_nothing():
        typer.echo("Nothing was erased; --confirm with the address once more erases it.")


@contextmanager
def _opened(configuration: Configuration) -> Iterator[Database]:
    """Open the database that is there. Raises Misused."""
    settings = configuration.settings
    require_owner(settings.data)
    database = Database(settings.database.url, settings.data)
    try:
        require_present(database)
        yield database
    finally:
        database.close()


def _is_sure(address: str, confirm: str) -> bool:
    """Say whether somebody has given the address twice. Raises Misused where they differ."""
    typed = confirm
    if not typed and sys.stdin.isatty():
        typed = typer.prompt("Type the address once more to erase all of this", default="")
    if typed and canonical(typed) != canonical(address):
        raise Misused("that was another address; nothing was erased")
    return bool(typed)


def _erase(configuration: Configuration, database: Database, wanted: Wanted, kept: Kept) -> None:
    settings = configuration.settings
    house = House(
        database=database,
        large=large_mails_of(settings),
        outgoing=folder_in(settings.data),
        desks=configuration.desks,
        random=os.urandom,
    )
    key = keys.load_or_make(settings.data, "message-id", os.urandom)
    digest = digest_of(key, wanted.theirs.all[0])
    erase_kept(house, Asked(wanted, OPERATOR, datetime.now(UTC), digest), kept)


def _remove_remains(database: Database, *, vacuum: bool | None) -> str:
    """Leave no bytes in the file, if that is wanted; say what is still to be done."""
    if not database.is_sqlite:
        return "PostgreSQL removes the old rows with its next VACUUM."
    if not (remains.is_small(database) if vacuum is None else vacuum):
        return (
            "Places of the file that are free now may still hold some: "
            "`casepost erase --vacuum` writes it anew."
        )
    try:
        remains.remove_remains(database)
    except Transient as error:
        return f"Some bytes may be left: {error}; say it again with --vacuum."
    return ""


def _counted(kept: Kept) -> dict[str, int]:
    found = kept.found
    counts = {
        "cases": len(found.cases),
        "cases of others": len(found.joined),
        "received mails": len(found.mails),
        "outgoing mails": len(found.sent),
        "outgoing mails that wait, and will not go": len(found.stopped),
    }
    counts |= {_ROWS[name]: count for name, count in kept.rows.items()}
    return {name: count for name, count in counts.items() if count}


def _staying(kept: Kept) -> dict[str, int]:
    found = kept.found
    counts = {
        "mails of other customers on these cases": len(found.others),
        "cases on which other customers wrote the address": len(kept.quoting),
        "mails that are still to be taken in: erase again later": len(found.waiting),
        "outgoing mails on their way to others: erase again later": len(found.leaving),
    }
    return {name: count for name, count in counts.items() if count}


def _print(kept: Kept, theirs: tuple[str, ...]) -> None:
    if kept.is_nothing():
        typer.echo(f"Nothing is kept of {', '.join(theirs)}.")
    for name, count in _counted(kept).items():
        typer.echo(f"{count:>7} {name}")
    staying = _staying(kept)
    if staying:
        typer.echo("These stay:")
    for name, count in staying.items():
        typer.echo(f"{count:>7} {name}")


def _plain(kept: Kept) -> dict[str, object]:
    found = kept.found
    return {
        "cases": found.cases,
        "joined": found.joined,
        "mails": found.mails,
        "sent": found.sent,
        "stopped": found.stopped,
        "rows": dict(kept.rows),
        "kept": {
            "mails_of_others": found.others,
            "quoting": list(kept.quoting),
            "waiting": found.waiting,
            "leaving": found.leaving,
        },
    }
