"""Commands as values: what an agent's mail asks for, before anything is known of its ticket."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name in lower case without the `#`, and the words after it, as written."""

    name: str
    argument: str

    def __str__(self) -> str:
        """Give the command as it is written in a transcript."""
        return f"#{self.name} {self.argument}".rstrip()


@dataclass(frozen=True, slots=True)
class Commanded:
    """What an agent's mail asks for: its commands, in their order, and the text below them.

    `unknown` are lines that look like a command and are none: then nothing is done.
    """

    commands: tuple[Command, ...] = ()
    text: str = ""
    unknown: tuple[str, ...] = ()

    def has(self, *names: str) -> bool:
        """Say whether one of these commands is among them."""
        return any(command.name in names for command in self.commands)


NO_COMMANDS = Commanded()
