"""`casepost oauth2`: the tokens by which mailboxes and the MSA are entered."""

import os
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from gateway.cli.options import ConfigOption, JsonOption
from gateway.cli.reading import reading
from gateway.cli.screen import on_one_line, plain, print_json, screen
from gateway.cli.writing import make_tables
from gateway.config.load import load_settings
from gateway.config.oauth2 import GrantType, places
from gateway.config.settings import Settings
from gateway.errors import Misused
from gateway.oauth2.accounts import clients_of, ledgers_of
from gateway.oauth2.agreement import Visit, ask_for_code, wait_for_agreement
from gateway.oauth2.ledger import Ledger
from gateway.oauth2.request import Client
from gateway.store import grants
from gateway.store.database import Database
from gateway.store.grants import Kept
from gateway.store.node import name_node

oauth2 = typer.Typer(
    name="oauth2", add_completion=False, help="Enter Microsoft 365 and Gmail accounts by tokens."
)


@oauth2.command("login")
def log_in(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The name of an [[imap]], or msa for the MSA.")
    ],
    config: ConfigOption,
) -> None:
    """Let somebody agree, and keep the refresh token that comes of it; a daemon may run meanwhile.

    It shows an address to open in a browser, and a code to type there or an address to bring back.
    Whoever agrees is the account's user, or may enter that mailbox. Example: casepost oauth2 login
    support
    """
    settings = load_settings(config)
    account, client = _client(settings, name)
    if client.oauth2.grant is not GrantType.REFRESH_TOKEN:
        raise Misused(f'{account} has the grant "{client.oauth2.grant.value}", which asks nobody')
    make_tables(settings)
    _require_writable(client)
    with _ledger(settings, account) as ledger:
        where = places(client.oauth2)
        if where.device:
            token = _on_a_device(client)
        elif where.authorize:
            token = _in_a_browser(client)
        else:
            raise Misused(
                f'the table oauth2 of {account} has neither "device_url" nor "authorize_url"'
            )
        if client.oauth2.refresh_token_file:
            path = client.files.path(client.oauth2.refresh_token_file)
            _write(path, token)
            ledger.forget()
            typer.echo(f"The refresh token of {account} is in {path}.")
        else:
            ledger.enter(token)
            typer.echo(f"The refresh token of {account} is in the database, sealed.")


@oauth2.command("status")
def status(config: ConfigOption, *, as_json: JsonOption = False) -> None:
    """List the accounts with tokens: how each fares, and what went wrong last. No token is shown.

    Exit code 1 when one is in trouble. Example: casepost oauth2 status --json
    """
    settings = load_settings(config)
    now = datetime.now(UTC)
    clients = clients_of(settings)
    with reading(settings) as connection:
        found = [
            _Line(account, client, grants.read(connection, account))
            for account, client in clients.items()
        ]
    if as_json:
        print_json([line.as_json(now) for line in found])
    elif not found:
        typer.echo("No account has a table oauth2.")
    else:
        screen().print(_table(found, now))
    if any(line.in_trouble(now) for line in found):
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class _Line:
    """What is shown of one account."""

    account: str
    client: Client
    kept: Kept

    def state(self, now: datetime) -> str:
        """Say in a word how it fares."""
        kept = self.kept
        if kept.dead:
            return "dead"
        if kept.access_token and kept.expires_at is not None and kept.expires_at > now:
            return "good"
        if kept.failures:
            return "failing"
        return "ended" if kept.renewed_at else "not asked yet"

    def in_trouble(self, now: datetime) -> bool:
        """Say whether somebody should look at it."""
        return self.state(now) in {"dead", "failing"}

    def as_json(self, now: datetime) -> dict[str, object]:
        """Give it for programs."""
        own, kept = self.client.oauth2, self.kept
        return {
            "account": self.account,
            "user": self.client.user,
            "provider": own.provider.value,
            "grant": own.grant.value,
            "state": self.state(now),
            "expires_at": _iso(kept.expires_at),
            "renewed_at": _iso(kept.renewed_at),
            "failed_at": _iso(kept.failed_at),
            "error": kept.error,
        }


def _table(lines: list[_Line], now: datetime) -> Table:
    table = Table("account", "provider", "grant", "state", "expires", "renewed", "last error")
    for line in lines:
        own, kept = line.client.oauth2, line.kept
        error = f"{_short(kept.failed_at)}: {on_one_line(kept.error)}" if kept.error else ""
        table.add_row(
            Text(on_one_line(line.account)),
            own.provider.value or "other",
            own.grant.value,
            Text(line.state(now), "bold red" if line.in_trouble(now) else ""),
            _short(kept.expires_at),
            _short(kept.renewed_at),
            Text(error),
        )
    return table


def _client(settings: Settings, name: str) -> tuple[str, Client]:
    clients = clients_of(settings)
    for account in (name, f"imap:{name}"):
        if account in clients:
            return account, clients[account]
    known = ", ".join(one.removeprefix("imap:") for one in clients) or "none"
    raise Misused(f'no account "{name}" has a table oauth2; those that have: {known}')


@contextmanager
def _ledger(settings: Settings, account: str) -> Iterator[Ledger]:
    database = Database(settings.database.url, settings.data)
    node = name_node(settings.data, socket.gethostname(), os.urandom)
    try:
        yield ledgers_of(settings, database, node, settings.data)[account]
    finally:
        database.close()


def _on_a_device(client: Client) -> str:
    code = ask_for_code(client, _now())
    minutes = int(code.lasts // 60)
    typer.echo(f"Open {plain(code.address)} in a browser, as {client.user},")
    typer.echo(f"and type the code {plain(code.user_code)}. It holds for {minutes} minutes.")
    return wait_for_agreement(client, code, _now, time.sleep)


def _in_a_browser(client: Client) -> str:
    visit = Visit()
    typer.echo(f"Open this address in a browser, as {client.user}, and agree:\n")
    typer.echo(f"{visit.address(client)}\n")
    typer.echo("The browser then cannot open a page at 127.0.0.1, as is meant. Copy the address")
    typer.echo("of that page, all of it, within a few minutes.")
    # Nothing of it is to stay on the screen: there is a code in it.
    last: str = typer.prompt("Address", hide_input=True)
    return visit.refresh_token(client, last, _now())


def _require_writable(client: Client) -> None:
    """See that there is room for a token before somebody agrees for nothing. Raises Misused."""
    name = client.oauth2.refresh_token_file
    if name and not os.access(folder := client.files.path(name).parent, os.W_OK):
        raise Misused(f"{folder} cannot be written, so no refresh token can be put there")


def _write(path: Path, token: str) -> None:
    """Put a token into its file, of which nobody sees half; only its owner can read it."""
    descriptor, fresh = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{token}\n")
            file.flush()
            os.fsync(file.fileno())
        Path(fresh).replace(path)
    except BaseException:
        Path(fresh).unlink(missing_ok=True)
        raise


def _now() -> datetime:
    return datetime.now(UTC)


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _short(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else ""
