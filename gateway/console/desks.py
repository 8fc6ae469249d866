"""Which desks somebody sees in the console, and as whom they act there."""

from gateway.config.desk import Agent, Desk
from gateway.console.roles import UserRole
from gateway.console.visit import Visit


def desks_of(visit: Visit) -> tuple[Desk, ...]:
    """Give the desks that the user sees, in the configuration's order.

    An agent sees those where their address is that of an active agent, all others see every desk.
    """
    if visit.role is not UserRole.AGENT:
        return visit.house.desks
    return tuple(desk for desk in visit.house.desks if agent_in(visit, desk) is not None)


def desk_of(visit: Visit, name: str) -> Desk | None:
    """Give a desk by its name, if the user sees it."""
    return next((desk for desk in desks_of(visit) if desk.name == name), None)


def titled(name: str, visit: Visit) -> str:
    """Give what people call a desk, or its name where there is no such desk any more."""
    return next((desk.title for desk in visit.house.desks if desk.name == name), name)


def agent_in(visit: Visit, desk: Desk) -> Agent | None:
    """Give the active agent of a desk that the user acts as; None who may look only."""
    address = visit.user.address
    return next((one for one in desk.agent if one.active and one.address == address), None)
