"""A person who is named on the command line, for what is done with all that is kept of them."""

from gateway.config import address as addresses
from gateway.config.load import Configuration
from gateway.errors import Misused
from gateway.privacy.retaining import house_addresses
from gateway.store.database import Database
from gateway.store.personal.addresses import Addresses, addresses_of
from gateway.store.personal.found import Wanted


def canonical(address: str) -> str:
    """Give the one spelling of an address. Raises Misused."""
    try:
        return addresses.canonical(address)
    except ValueError as error:
        raise Misused(f"that is no mail address: {error}") from None


def wanted_of(
    database: Database, configuration: Configuration, address: str, *, all_mails: bool = False
) -> Wanted:
    """Say who is meant by an address: all addresses that the directory knows them by.

    Raises Misused where it is one of a desk's own.
    """
    with database.reading() as connection:
        theirs: Addresses = addresses_of(connection, canonical(address))
    for desk in configuration.desks:
        if set(desk.addresses).intersection(theirs.all):
            raise Misused(f"{theirs.all[0]} is an address of the desk {desk.name}")
    own = house_addresses(configuration.desks) - set(theirs.all)
    return Wanted(theirs, own, all_mails=all_mails)


def is_agent(configuration: Configuration, theirs: Addresses) -> bool:
    """Say whether somebody works for a desk."""
    return any(agent.address in theirs for desk in configuration.desks for agent in desk.agent)
