"""What one peer may have: connections at a time and a minute, mails and bytes a minute.

A peer is an IPv4 address or an IPv6 /64, which is what one customer of a provider gets.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.config.kinds import Network
from gateway.config.networks import counted_as, within
from gateway.config.settings import Limits
from gateway.listener import replies
from gateway.listener.replies import Reply

_MINUTE = 60.0
_MOST_PEERS = 10_000


@dataclass(slots=True)
class _Peer:
    """What a peer has open, and what it did in the minute that began at `since`."""

    since: float
    open: int = 0
    connections: int = 0
    messages: int = 0
    bytes: int = 0

    def at(self, now: float) -> "_Peer":
        """Begin a new minute if the last one is over."""
        if now - self.since >= _MINUTE:
            self.since, self.connections, self.messages, self.bytes = now, 0, 0, 0
        return self


class Peers:
    """Counts per peer, in bounded memory. `now` is in seconds of any clock that only goes on."""

    def __init__(self, limits: Limits, trusted: Sequence[Network]) -> None:
        self._limits = limits
        self._trusted = tuple(trusted)
        self._peers: dict[str, _Peer] = {}  # In the order of their coming.

    def key(self, address: str) -> str | None:
        """Give what a client's address is counted under; None for one that is not limited."""
        return None if within(address, self._trusted) else counted_as(address)

    def enter(self, key: str | None, now: float) -> Reply | None:
        """Count a connection; a reply if it is one too many, and then it is not open."""
        if key is None:
            return None
        peer = self._peer(key, now)
        peer.connections += 1
        if (
            peer.open >= self._limits.connections_per_peer
            or peer.connections > self._limits.connections_per_peer_minute
        ):
            return replies.TOO_MANY_CONNECTIONS
        peer.open += 1
        return None

    def leave(self, key: str | None) -> None:
        """Count a connection that was let in as closed."""
        if key is not None and key in self._peers:
            self._peers[key].open -= 1

    def refusal(self, key: str | None, now: float) -> Reply | None:
        """Give a reply if the peer has sent enough for this minute."""
        if key is None:
            return None
        peer = self._peer(key, now)
        if (
            peer.messages >= self._limits.messages_per_peer_minute
            or peer.bytes >= self._limits.bytes_per_peer_minute
        ):
            return replies.PEER_TOO_BUSY
        return None

    def count(self, key: str | None, size: int, now: float) -> None:
        """Count a mail that was transferred, whatever became of it."""
        if key is not None:
            peer = self._peer(key, now)
            peer.messages += 1
            peer.bytes += size

    def _peer(self, key: str, now: float) -> _Peer:
        peer = self._peers.get(key)
        if peer is None:
            self._make_room(now)
            peer = self._peers[key] = _Peer(now)
        return peer.at(now)

    def _make_room(self, now: float) -> None:
        """Forget peers that count for nothing any more; at worst the one that came first."""
        if len(self._peers) < _MOST_PEERS:
            return
        for key in [k for k, p in self._peers.items() if not p.open and now - p.since >= _MINUTE]:
            del self._peers[key]
        if len(self._peers) >= _MOST_PEERS:
            oldest = next((k for k, p in self._peers.items() if not p.open), None)
            if oldest is not None:
                del self._peers[oldest]
