"""What can be chosen on pages about tickets: all of it is the desks' own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gateway.config.desk import Desk
from gateway.store.ticket_list import Order, Shown

_SHOWN = (
    (Shown.LIVE, "Not closed"),
    (Shown.OPEN, "In hand"),
    (Shown.WAITING, "Waiting for the customer"),
    (Shown.CLOSED, "Closed ones"),
    (Shown.ALL, "All"),
)
_ORDERS = ((Order.DUE, "What is due first"), (Order.UPDATED, "What changed last"))


@dataclass(frozen=True, slots=True)
class Choices:
    """What desks have, each once in their order; an agent is address and name."""

    statuses: tuple[str, ...]
    severities: tuple[str, ...]
    types: tuple[str, ...]
    groups: tuple[str, ...]
    agents: tuple[tuple[str, str], ...]
    shown: tuple[tuple[Shown, str], ...] = _SHOWN
    orders: tuple[tuple[Order, str], ...] = _ORDERS


def choices_of(desks: Sequence[Desk]) -> Choices:
    """Give what tickets of these desks can have."""
    agents = {agent.address: agent.name for desk in desks for agent in desk.agent}
    return Choices(
        statuses=_once(status.name for desk in desks for status in desk.status),
        severities=_once(one for desk in desks for one in desk.severities),
        types=_once(one for desk in desks for one in desk.types),
        groups=_once(group.name for desk in desks for group in desk.group),
        agents=tuple(sorted(agents.items(), key=lambda one: one[1].casefold())),
    )


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
