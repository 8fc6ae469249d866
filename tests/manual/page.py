"""casepost(1) in the language of man(7): a section for each command, as its help has it."""

import re
from collections.abc import Iterator

from typer._click.core import Command, Context, Parameter
from typer.core import TyperArgument, TyperGroup
from typer.main import get_command

import gateway
from gateway import cli

_HEAD = r""".\" Written by `make man` from what `casepost --help` says; to change it, change that.
.TH CASEPOST 1 "" "Casepost {version}" "Casepost"
.nh
.ad l
.SH NAME
casepost \- {about}
.SH SYNOPSIS
.B casepost
.I COMMAND
.RI [ OPTION ]...
.SH DESCRIPTION
{described}
.PP
.B casepost run
is the daemon.
All other commands look at what it keeps, or change it while it runs; one that writes refuses to
run as another user than the one who owns the data folder.
Each has the option
.BR \-h ,
which says what stands here, and most have
.BR \-\-json .
.SH COMMANDS
"""
_TAIL = r""".SH EXIT STATUS
.TP
.B 0
Done, and nothing is wrong.
.TP
.B 1
Something was found, or an expectation was not met.
.TP
.B 2
The command was called wrongly, or the configuration is wrong.
.PP
What is wrong is said on standard error, a sentence a line.
.SH FILES
.TP
.I /etc/casepost/casepost.toml
The configuration's main file, where systemd's unit looks for it.
.TP
.I /var/lib/casepost
The data folder of that unit: database, large mails, keys.
.SH ENVIRONMENT
.TP
.B CREDENTIALS_DIRECTORY
Where files of secrets are looked for first, by their bare names; systemd sets it.
.TP
.B PGPASSFILE
The file in which PostgreSQL's library finds a password.
.SH SEE ALSO
The pages under
.I docs/
of the source:
.IR install.md ,
.IR configuration.md ,
.I operating.md
and others.
"""


def written() -> str:
    """Write the page."""
    root = get_command(cli.app)
    assert isinstance(root, TyperGroup)
    context = Context(root, info_name="casepost")
    about, *described = _paragraphs(root.help or "")
    first = about.rstrip(".")
    head = _HEAD.format(
        version=gateway.__version__,
        about=_text(first[0].lower() + first[1:]),
        described="\n.PP\n".join(_text(one) for one in (about, *described)),
    )
    commands = "".join(
        one for name in root.list_commands(context) for one in _command(root, context, name)
    )
    return f"{head}{commands}{_TAIL}"


def _command(group: TyperGroup, context: Context, name: str) -> Iterator[str]:
    """Write a command, or each command of a group, as a subsection."""
    found = group.get_command(context, name)
    assert found is not None
    below = Context(found, info_name=name, parent=context)
    if isinstance(found, TyperGroup):
        for one in found.list_commands(below):
            yield from _command(found, below, one)
        return
    yield f".SS {_text(below.command_path)}{_arguments(found)}\n"
    yield "".join(f"{_text(one)}\n.PP\n" for one in _paragraphs(found.help or ""))
    for parameter in found.params:
        if not getattr(parameter, "hidden", False):
            yield _parameter(parameter, below)


def _arguments(command: Command) -> str:
    named = (one for one in command.params if isinstance(one, TyperArgument))
    return "".join(f" {_text(_shown(one))}" for one in named)


def _shown(argument: TyperArgument) -> str:
    return _name(argument) if argument.required else f"[{_name(argument)}]"


def _name(argument: TyperArgument) -> str:
    return argument.metavar or (argument.name or "").upper()


def _parameter(parameter: Parameter, context: Context) -> str:
    if isinstance(parameter, TyperArgument):
        named, about = f".I {_text(_name(parameter))}", parameter.help or ""
    else:
        said, about = parameter.get_help_record(context) or ("", "")
        named = f".B {_text(said)}"
    return f".TP\n{named}\n{_text(about)}\n"


def _paragraphs(text: str) -> list[str]:
    """Give paragraphs as single lines."""
    return [" ".join(one.split()) for one in re.split(r"\n\s*\n", text.strip()) if one.strip()]


def _text(text: str) -> str:
    r"""Write a text so that roff takes nothing in it for its own.

    A backslash is one, a hyphen is what the command line takes, and no line begins with a request.
    """
    safe = text.replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{safe}" if safe.startswith((".", "'")) else safe
