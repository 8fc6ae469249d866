"""How often somebody may try to sign in, so that no password is found by guessing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from gateway.config.networks import counted_as
from gateway.house import House
from gateway.store import sign_in_failures as failures

WINDOW = timedelta(minutes=15)
# For one address from one place, for one address from everywhere, and from one place for all.
# The second is high: a stranger must not lock somebody out with a few tries.
_MOST_BOTH = 5
_MOST_ADDRESS = 50
_MOST_PEER = 30


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try that counts as failed until it is forgiven."""

    failure: int
    address: str
    peer: str


def attempt(house: House, address: str, peer: str, now: datetime) -> Attempt | None:
    """Begin to try; None where there were too many. An `address` of "" is not counted.

    It is written down before anything is looked at: many tries at once are as many.
    """
    address, place = address[:320], counted_as(peer)[:64]
    with house.database.writing(durable=False) as connection:
        counted = failures.count(connection, address, place, now - WINDOW)
        if (
            counted.both >= _MOST_BOTH
            or counted.address >= _MOST_ADDRESS
            or counted.peer >= _MOST_PEER
        ):
            return None
        return Attempt(failures.note(connection, address, place, now), address, place)


def forgive(connection: Connection, tried: Attempt) -> None:
    """Note that a try was none of those that count: it succeeded."""
    failures.forgive(connection, tried.failure, tried.address, tried.peer)
