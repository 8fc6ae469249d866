"""Finding what an agent names: exactly, or by a beginning that only one name has."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from gateway.config.desk import Agent, Desk
from gateway.config.policy import Group
from gateway.desk.commands.model import CommandOutcome
from gateway.desk.commands.work import Refused

_Thing = TypeVar("_Thing")

_MOST_LISTED = 20
_BLANKS = str.maketrans("-_", "  ")


def plain(name: str) -> str:
    """Give a name without what nobody types: letter case, hyphens, quotes, more than one blank."""
    return " ".join(name.strip("\"'\u201c\u201d\u2018\u2019").translate(_BLANKS).split()).casefold()


def listed(names: Iterable[str]) -> str:
    """Give names as a value of a transcript's line, not too many of them."""
    return ", ".join(list(dict.fromkeys(names))[:_MOST_LISTED])


def meant(
    wanted: str, things: Sequence[_Thing], names: Callable[[_Thing], tuple[str, ...]]
) -> _Thing:
    """Give the one thing that is meant, by any of its names; the first is what people are shown.

    Raises Refused if none or several may be meant.
    """
    sought = plain(wanted)
    same = [thing for thing in things if sought in map(plain, names(thing))]
    exact = [thing for thing in same if wanted in names(thing)]
    found = exact or same or [thing for thing in things if _begins(sought, names(thing))]
    if len(found) != 1:
        outcome = CommandOutcome.AMBIGUOUS if found else CommandOutcome.UNKNOWN_NAME
        raise Refused(outcome, listed(names(thing)[0] for thing in found or things))
    return found[0]


def _begins(sought: str, names: Iterable[str]) -> bool:
    return bool(sought) and any(plain(name).startswith(sought) for name in names)


def named(wanted: str, names: Sequence[str]) -> str:
    """Give the one of the desk's names that is meant. Raises Refused."""
    return meant(wanted, names, lambda name: (name,))


def agent_or_group_named(wanted: str, desk: Desk) -> Agent | Group:
    """Give the group, or the active agent, that is meant. Raises Refused.

    A group is known by its name, an agent by address, local part or name.
    """
    agents = [agent for agent in desk.agent if agent.active]
    known: list[Agent | Group] = [*agents, *desk.group]
    return meant(wanted, known, _names)


def _names(who: Agent | Group) -> tuple[str, ...]:
    if isinstance(who, Group):
        return (who.name,)
    return who.address, who.address.partition("@")[0], who.name
