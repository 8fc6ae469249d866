"""What has to be looked up before an agent's commands can be carried out."""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.config.address import canonical
from gateway.config.case_number import CaseNumberPattern
from gateway.config.desk import Desk
from gateway.desk.commands.grammar import read
from gateway.desk.commands.model import Commanded
from gateway.mail.reply.authored import authored

_NUMBERED = frozenset({"merge", "duplicate-of", "split"})
_ADDRESSED = frozenset({"cc", "new"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What commands name: case numbers, articles by their titles or parts of them, addresses.

    `merges` says whether a likely duplicate is asked for, `splits` whether a merge is undone.
    """

    numbers: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    merges: bool = False
    splits: bool = False


NOTHING_ASKED = Asked()


def commands_stand_in(text: str) -> bool:
    """Say whether the text of an agent's mail begins with commands, rightly or wrongly written."""
    return read(authored(text, ()).text).any


def asked(text: str, desk: Desk) -> Asked:
    """Say what the commands in the text of an agent's mail name."""
    return asked_by(read(authored(text, ()).text), desk)


def asked_by(commanded: Commanded, desk: Desk) -> Asked:
    """Say what commands name."""
    if not commanded.commands:
        return NOTHING_ASKED
    return Asked(
        numbers=_numbers(commanded, CaseNumberPattern.parse(desk.case_number)),
        articles=tuple(dict.fromkeys(c.argument for c in commanded.commands if c.name == "kb")),
        addresses=_addresses(commanded),
        merges=any(c.name == "merge" and not c.argument for c in commanded.commands),
        splits=commanded.has("split"),
    )


def ours_among(commanded: Commanded, is_ours: Callable[[str], bool]) -> frozenset[str]:
    """Give the addresses in commands to which nothing is ever sent, since it would come to us."""
    return frozenset(address for address in _addresses(commanded) if is_ours(address))


def _numbers(commanded: Commanded, pattern: CaseNumberPattern) -> tuple[str, ...]:
    named = (c.argument for c in commanded.commands if c.name in _NUMBERED)
    return tuple(dict.fromkeys(number for one in named for number in pattern.find(one)))


def _addresses(commanded: Commanded) -> tuple[str, ...]:
    words = (
        word.strip("<>,;")
        for command in commanded.commands
        if command.name in _ADDRESSED
        for word in command.argument.replace(",", " ").replace(";", " ").split()
    )
    found: dict[str, None] = {}
    for word in words:
        try:
            found[canonical(word.removeprefix("mailto:"))] = None
        except ValueError:
            continue
    return tuple(found)
