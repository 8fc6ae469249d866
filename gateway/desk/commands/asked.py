"""What has to be looked up before commands can be carried out."""

from gateway.config.address import canonical
from gateway.config.case_number import CaseNumberPattern
from gateway.desk.commands.model import Commanded

_NUMBERED = frozenset({"merge", "duplicate-of", "split"})
_ADDRESSED = frozenset({"cc", "new"})


def numbers_of(commanded: Commanded, pattern: CaseNumberPattern) -> tuple[str, ...]:
    """Give the case numbers that commands name, each once."""
    named = (c.argument for c in commanded.commands if c.name in _NUMBERED)
    return tuple(dict.fromkeys(n for argument in named for n in pattern.find(argument)))


def articles_of(commanded: Commanded) -> tuple[str, ...]:
    """Give what `#kb` names: articles' titles, or parts of them."""
    return tuple(dict.fromkeys(c.argument for c in commanded.commands if c.name == "kb"))


def addresses_of(commanded: Commanded) -> tuple[str, ...]:
    """Give the addresses that commands name, for the directory to say who they are."""
    words = (
        word.strip("<>,;")
        for command in commanded.commands
        if command.name in _ADDRESSED
        for word in command.argument.replace(",", " ").replace(";", " ").split()
    )
    found: dict[str, None] = {}
    for word in words:
        try:
            found[canonical(word)] = None
        except ValueError:
            continue
    return tuple(found)
