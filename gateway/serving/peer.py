"""Who a request comes from, with proxies in front of us."""

from collections.abc import Sequence

from starlette.requests import Request

from gateway.config.kinds import Network
from gateway.config.networks import address_of, within


def peer_of(request: Request, proxies: Sequence[Network]) -> str:
    """Give the address that a request comes from, "" if it is not known.

    A proxy adds whom it asks for at the end of `X-Forwarded-For`; what stands before the last host
    that is no proxy of ours can be anybody's invention.
    """
    peer = request.client.host if request.client else ""
    if not within(peer, proxies):
        return peer
    named = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
    for one in reversed(named):
        address = address_of(one)
        if address is None:
            return peer
        peer = str(address)
        if not within(peer, proxies):
            return peer
    return peer
