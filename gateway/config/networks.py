"""Addresses of hosts: which networks they are in, and whose they count as."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from gateway.config.kinds import Network


def address_of(text: str) -> IPv4Address | IPv6Address | None:
    """Read a host's address, an IPv4 one within IPv6 as what it is; None if it is none."""
    try:
        found = ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    mapped: IPv4Address | None = getattr(found, "ipv4_mapped", None)
    return mapped or found


def within(text: str, networks: Iterable[Network]) -> bool:
    """Say whether a host's address is in one of the networks."""
    address = address_of(text)
    return address is not None and any(address in network for network in networks)


def counted_as(text: str) -> str:
    """Give what a host is counted under: its IPv4 address, or the /64 that is one customer's."""
    address = address_of(text)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return str(address or text)
