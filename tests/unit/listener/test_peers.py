"""What one peer may have."""

from ipaddress import ip_network

import pytest

from gateway.config.settings import Limits
from gateway.listener import replies
from gateway.listener.peers import Peers

LIMITS = Limits(
    connections_per_peer=2,
    connections_per_peer_minute=4,
    messages_per_peer_minute=2,
    bytes_per_peer_minute=100,
)


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:0:1::5", "2001:db8:0:1::/64"),
        ("2001:db8:0:1:ffff::", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("127.0.0.1", None),
        ("::ffff:127.0.0.1", None),
    ],
)
def test_a_peer_is_an_address_or_a_network(address: str, key: str | None) -> None:
    """IPv6 counts by /64; trusted networks don't count."""
    assert key == Peers(LIMITS, [ip_network("127.0.0.0/8")]).key(address)


def test_open_connections_are_limited() -> None:
    """One more than the limit is turned away; a closed one makes room; others are not concerned."""
    peers = Peers(LIMITS, ())
    assert [None, None] == [peers.enter("a", 0), peers.enter("a", 0)]
    assert replies.TOO_MANY_CONNECTIONS == peers.enter("a", 0)
    assert peers.enter("b", 0) is None
    peers.leave("a")
    assert peers.enter("a", 0) is None


def test_new_connections_are_limited_for_a_minute() -> None:
    """Those that were closed again count, too, until the minute is over."""
    peers = Peers(LIMITS, ())
    for _ in range(4):
        assert peers.enter("a", 0) is None
        peers.leave("a")
    assert replies.TOO_MANY_CONNECTIONS == peers.enter("a", 59.9)
    assert peers.enter("a", 60.0) is None


@pytest.mark.parametrize("sizes", [(1, 1), (100,)])
def test_mail_is_limited_for_a_minute(sizes: tuple[int, ...]) -> None:
    """By number and by bytes."""
    peers = Peers(LIMITS, ())
    for size in sizes:
        assert peers.refusal("a", 0) is None
        peers.count("a", size, 0)
    assert replies.PEER_TOO_BUSY == peers.refusal("a", 59)
    assert peers.refusal("a", 60) is None


def test_the_trusted_are_not_limited() -> None:
    """A key of None has no limits."""
    peers = Peers(LIMITS, ())
    for _ in range(50):
        peers.count(None, 1000, 0)
        assert peers.enter(None, 0) is None
        assert peers.refusal(None, 0) is None
    peers.leave(None)


def test_the_table_is_bounded() -> None:
    """Many peers cost bounded memory, and who is connected is not forgotten."""
    peers = Peers(LIMITS, ())
    peers.enter("stays", 0)
    for number in range(10_100):
        peers.enter(str(number), 0)
        peers.leave(str(number))
    assert peers.enter("stays", 0) is None
    assert replies.TOO_MANY_CONNECTIONS == peers.enter("stays", 0)
    assert len(peers._peers) <= 10_000  # noqa: SLF001  the bound itself
