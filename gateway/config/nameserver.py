"""How a name server is written: an IP address, with a port where it is not 53."""

from ipaddress import ip_address

_PORT = 53
_MOST = 65535


def parse_nameserver(text: str) -> tuple[str, int]:
    """Read `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1` or `[2001:db8::1]:5353`.

    Raises ValueError for anything else.
    """
    host, colon, port = text.rpartition(":")
    if not colon or (":" in host and not host.startswith("[")):
        host, port = text, str(_PORT)
    host = host.removeprefix("[").removesuffix("]")
    if not (port.isascii() and port.isdigit() and 0 < int(port) <= _MOST):
        raise ValueError("a port is a number up to 65535")
    return str(ip_address(host)), int(port)
