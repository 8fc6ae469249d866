"""Whom a proxy in front of the console vouches for."""

from starlette.requests import Request

from gateway.config.address import canonical
from gateway.config.networks import within
from gateway.config.served import TrustedHeader

# What the header is read as where it says something that nobody's address can be.
NOBODY = ""


def claimed(request: Request, header: TrustedHeader | None) -> str | None:
    """Give the address that the proxy says has signed in; None if it says nothing.

    NOBODY where it names several or no address. What anybody but the proxy sends is not looked at.
    """
    if header is None or request.client is None:
        return None
    if not within(request.client.host, header.networks):
        return None
    values = request.headers.getlist(header.name)
    if not values:
        return None
    if len(values) > 1:
        return NOBODY
    try:
        return canonical(values[0])
    except ValueError:
        return NOBODY
