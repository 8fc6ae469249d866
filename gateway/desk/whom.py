"""Which of a desk's agents are meant: by whose a case is, and by the names that its file uses."""

from collections.abc import Collection, Iterable

from gateway.config.desk import Agent, Desk

AGENTS = "agents"
MANAGERS = "managers"
ASSIGNEE = "assignee"

_EVERYBODY = (AGENTS,)


def whom(
    desk: Desk,
    assignee: str,
    away: Collection[str],
    group: str = "",
    otherwise: Iterable[str] = _EVERYBODY,
) -> tuple[Agent, ...]:
    """Give the agents who are told of a case: its assignee, else its group, else these targets.

    Whoever is away is not told, unless nobody else is left; and where nobody is, all agents are.
    """
    assigned = _active(desk, assignee)
    if assigned is not None and assignee not in away:
        return (assigned,)
    return (
        targets(desk, (group,) if group else (), assignee, away)
        or targets(desk, otherwise, assignee, away)
        or targets(desk, _EVERYBODY, assignee, away)
    )


def targets(
    desk: Desk, names: Iterable[str], assignee: str, away: Collection[str]
) -> tuple[Agent, ...]:
    """Give the active agents whom targets name, each once.

    A target is a group, an agent's address, "agents", "managers", or "assignee" for whoever that
    is. Whoever is away is left out, unless nobody else is left.
    """
    addresses = (address for name in names for address in _addresses(desk, name, assignee))
    found = (_active(desk, address) for address in dict.fromkeys(addresses))
    agents = tuple(agent for agent in found if agent is not None)
    return tuple(agent for agent in agents if agent.address not in away) or agents


def _addresses(desk: Desk, name: str, assignee: str) -> tuple[str, ...]:
    if name in {AGENTS, MANAGERS}:
        role = "agent" if name == AGENTS else "manager"
        return tuple(agent.address for agent in desk.agent if agent.role == role)
    if name == ASSIGNEE:
        return (assignee,)
    group = next((group for group in desk.group if group.name == name), None)
    return group.members if group is not None else (name,)


def _active(desk: Desk, address: str) -> Agent | None:
    agent = desk.agent_of(address) if address else None
    return agent if agent is not None and agent.active else None
