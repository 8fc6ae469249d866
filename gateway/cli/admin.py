"""`casepost admin`: who may sign in to the console."""

import os
import sys
from datetime import UTC, datetime
from getpass import getpass
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text
from sqlalchemy import Connection

from gateway.cli.options import ConfigOption, JsonOption
from gateway.cli.reading import reading
from gateway.cli.screen import print_json, screen
from gateway.cli.writing import make_tables, writing
from gateway.config.load import load_settings
from gateway.console import membership, passwords
from gateway.console.membership import NewUser
from gateway.errors import Misused
from gateway.store import audit, users
from gateway.store.audit import OPERATOR, Act
from gateway.store.users import Listed, User

admin = typer.Typer(
    name="admin", add_completion=False, help="Say who may sign in to the console, and as what."
)

_LONGEST = 4096  # bytes of a password that is read from a file descriptor

AddressArgument = Annotated[
    str, typer.Argument(metavar="ADDRESS", help="The mail address that the user signs in with.")
]
RoleOption = Annotated[str, typer.Option(metavar="ROLE", help="admin, supervisor or agent.")]
RoleArgument = Annotated[str, typer.Argument(metavar="ROLE", help="admin, supervisor or agent.")]
PasswordOption = Annotated[
    int,
    typer.Option(
        metavar="N",
        min=-1,
        help="Read the password, one line, from this file descriptor; 0 is standard input. "
        "Without it the terminal asks.",
        show_default=False,
    ),
]
_ASK = -1


@admin.command("add")
def add(
    address: AddressArgument,
    config: ConfigOption,
    *,
    role: RoleOption = "admin",
    name: Annotated[str, typer.Option(help="The user's name.")] = "",
    password_fd: PasswordOption = _ASK,
    no_password: Annotated[
        bool, typer.Option("--no-password", help="The user signs in by other means only.")
    ] = False,
) -> None:
    """Add a user; the terminal asks for the password.

    Example: casepost admin add chief@desk.example --role admin
    """
    settings = load_settings(config)
    canonical, wanted = membership.address_of(address), membership.role_of(role)
    make_tables(settings)
    with reading(settings) as connection:
        if users.find(connection, canonical) is not None:
            raise Misused(f"{canonical} is a user already")
    kept = "" if no_password else _password(canonical, password_fd)
    with writing(settings) as connection:
        new = NewUser(canonical, name, wanted, kept)
        membership.add(connection, new, datetime.now(UTC))
        _note(connection, "user.add", canonical, wanted)
    typer.echo(f"{canonical} may sign in as {wanted}")


@admin.command("list")
def list_users(config: ConfigOption, *, as_json: JsonOption = False) -> None:
    """List who may sign in to the console.

    Example: casepost admin list --json
    """
    with reading(load_settings(config)) as connection:
        found = users.listed(connection)
    if as_json:
        print_json([_plain(one) for one in found])
    elif found:
        screen().print(_table(found))
    else:
        typer.echo("There are no users yet; `casepost admin add` makes the first.")


@admin.command("role")
def role(address: AddressArgument, role: RoleArgument, config: ConfigOption) -> None:
    """Give a user another role, at once.

    Example: casepost admin role ada@desk.example supervisor
    """
    wanted = membership.role_of(role)
    with writing(load_settings(config)) as connection:
        user = _user(connection, address)
        membership.give_role(connection, user, wanted)
        _note(connection, "user.role", user.address, f"{user.role} to {wanted}")
    typer.echo(f"{user.address} is {wanted} now")


@admin.command("password")
def password(
    address: AddressArgument, config: ConfigOption, *, password_fd: PasswordOption = _ASK
) -> None:
    """Give a user another password; whoever is signed in as them is signed out.

    Example: casepost admin password chief@desk.example
    """
    settings = load_settings(config)
    with reading(settings) as connection:
        user = _user(connection, address)
    kept = _password(user.address, password_fd)
    with writing(settings) as connection:
        membership.give_password(connection, user, kept)
        _note(connection, "user.password", user.address)
    typer.echo(f"{user.address} has a new password")


@admin.command("disable")
def disable(address: AddressArgument, config: ConfigOption) -> None:
    """Let a user sign in no more, and end their sessions.

    Example: casepost admin disable ada@desk.example
    """
    with writing(load_settings(config)) as connection:
        user = _user(connection, address)
        membership.disable(connection, user, datetime.now(UTC))
        _note(connection, "user.disable", user.address)
    typer.echo(f"{user.address} can sign in no more")


@admin.command("enable")
def enable(address: AddressArgument, config: ConfigOption) -> None:
    """Let a user sign in again.

    Example: casepost admin enable ada@desk.example
    """
    with writing(load_settings(config)) as connection:
        user = _user(connection, address)
        membership.enable(connection, user)
        _note(connection, "user.enable", user.address)
    typer.echo(f"{user.address} may sign in again as {user.role}")


def _user(connection: Connection, address: str) -> User:
    """Give the user of an address. Raises Misused."""
    canonical = membership.address_of(address)
    user = users.find(connection, canonical)
    if user is None:
        raise Misused(f"{canonical} is no user; `casepost admin list` lists them")
    return user


def _note(connection: Connection, action: str, about: str, detail: str = "") -> None:
    audit.note(connection, Act(datetime.now(UTC), OPERATOR, action, about, detail))


def _password(address: str, descriptor: int) -> str:
    """Ask for a password, and give its hash. Raises Misused.

    It is never an argument: what stands there can be read by everybody on the machine.
    """
    typed = _typed() if descriptor == _ASK else _read(descriptor)
    problem = passwords.problem_of(typed, address)
    if problem:
        raise Misused(problem[:1].lower() + problem[1:].rstrip("."))
    return passwords.hashed(typed)


def _typed() -> str:
    if not sys.stdin.isatty():
        raise Misused("there is no terminal to ask for a password: use --password-fd 0")
    typed = getpass("Password: ")
    if getpass("Once more: ") != typed:
        raise Misused("that was not the same twice")
    return typed


def _read(descriptor: int) -> str:
    with os.fdopen(descriptor, "rb", closefd=False) as file:
        line = file.readline(_LONGEST)
    try:
        return line.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise Misused("the password is not UTF-8 text") from None


def _plain(one: Listed) -> dict[str, object]:
    user = one.user
    return {
        "address": user.address,
        "name": user.name,
        "role": user.role,
        "password": one.has_password,
        "disabled": user.disabled_at is not None,
        "created_at": user.created_at.isoformat(),
        "seen_at": one.seen_at.isoformat() if one.seen_at else None,
    }


def _table(found: tuple[Listed, ...]) -> Table:
    table = Table("address", "name", "role", "signs in by", "last seen")
    for one in found:
        user = one.user
        held = " (disabled)" if user.disabled_at else ""
        seen = f"{one.seen_at:%Y-%m-%d %H:%M} UTC" if one.seen_at else ""
        by = "password" if one.has_password else "single sign-on"
        table.add_row(user.address, Text(user.name), f"{user.role}{held}", by, seen)
    return table
