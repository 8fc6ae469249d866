"""Whether a host is this machine, so that no network lies between."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Say whether a host, by name or address, is surely this machine; nothing is looked up."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
