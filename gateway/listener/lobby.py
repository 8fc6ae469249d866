"""Who is connected to the listener, and whether another one may come in."""

import asyncio
from collections.abc import Collection
from typing import Protocol

from gateway.config.settings import Limits, Settings
from gateway.listener import replies
from gateway.listener.peers import Peers
from gateway.listener.replies import Reply
from gateway.listener.wire import Landing

_BUSY = 0.8  # of all connections


class Guest(Protocol):
    """A session as the lobby knows it."""

    def hurry(self, idle: float) -> None:
        """Wait at most `idle` seconds from now for the next command."""

    def dismiss(self) -> None:
        """End when no mail is being received."""

    def abort(self) -> None:
        """End now."""


class Lobby:
    """All sessions of the listener; used on its loop only."""

    def __init__(self, settings: Settings) -> None:
        self.limits: Limits = settings.limits
        self.peers = Peers(settings.limits, settings.trusted_networks)
        self.closing = False
        self.landing = Landing()
        self._guests: dict[Guest, str | None] = {}
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def idle(self) -> float:
        """Give how long to wait for a command, in seconds."""
        return self.limits.command_idle_when_busy if self._busy else self.limits.command_idle

    @property
    def _busy(self) -> bool:
        return len(self._guests) > _BUSY * self.limits.connections

    def enter(self, guest: Guest, key: str | None, now: float) -> Reply | None:
        """Let a session in, or say why not."""
        if self.closing:
            return replies.SHUTTING_DOWN
        if len(self._guests) >= self.limits.connections:
            return replies.TOO_MANY_CONNECTIONS
        refusal = self.peers.enter(key, now)
        if refusal is None:
            self._guests[guest] = key
            self._empty.clear()
            if self._busy:
                _hurry(self._guests, self.idle)
        return refusal

    def leave(self, guest: Guest) -> None:
        """See a session off; one that was not let in is not known here."""
        if guest in self._guests:
            self.peers.leave(self._guests.pop(guest))
            if not self._guests:
                self._empty.set()

    async def close(self, seconds: float) -> None:
        """Let everybody finish a mail that is being received, for so long at most."""
        self.closing = True
        for guest in tuple(self._guests):
            guest.dismiss()
        try:
            async with asyncio.timeout(seconds):
                await self._empty.wait()
        except TimeoutError:
            for guest in tuple(self._guests):
                guest.abort()
            await self._empty.wait()


def _hurry(guests: Collection[Guest], idle: float) -> None:
    for guest in guests:
        guest.hurry(idle)
