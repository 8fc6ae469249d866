"""Whether the disk can take another mail, asked before the client sends it.

After a failed write nothing is taken until a probe was written and synced: an fsync that failed
may report success the next time for pages that are lost, so it proves nothing to try again on the
same file.
"""

import asyncio
import logging
import os
import tempfile
from pathlib import Path

from gateway.config.settings import Limits
from gateway.listener import replies
from gateway.listener.replies import Reply

_log = logging.getLogger("casepost.listener")

_FRESH = 1.0  # seconds that a look at the disk, or a failed probe, stands for
_SPARE = 1.5  # room for that many of the largest mails, besides the one that comes
_PROBE = bytes(4096)


class Disk:
    """The disk under the data folder; used on the listener's loop only."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._folder = folder
        self._limits = limits
        self._sound = True
        self._looked_at = float("-inf")
        self._free_bytes = 0
        self._enough_inodes = False
        self._probing = asyncio.Lock()
        self._probed_at = float("-inf")

    def failed(self) -> None:
        """Take nothing until a probe has passed."""
        self._sound = False

    async def refusal(self, declared: int) -> Reply | None:
        """Give a reply if a mail of `declared` bytes, 0 if unknown, can't be taken now."""
        now = asyncio.get_running_loop().time()
        if not self._sound and not await self._probe_passes(now):
            return replies.NOT_AVAILABLE
        if now - self._looked_at >= _FRESH:
            self._look()
            self._looked_at = now
        wanted = max(_SPARE * self._limits.message_size + declared, self._limits.free_bytes)
        if self._free_bytes < wanted or not self._enough_inodes:
            return replies.NO_SPACE
        return None

    def _look(self) -> None:
        """Ask the file system, which knows without reading the disk."""
        self._free_bytes, self._enough_inodes = _found(self._folder, self._limits)

    async def _probe_passes(self, now: float) -> bool:
        async with self._probing:
            if not self._sound and now - self._probed_at >= _FRESH:
                self._probed_at = now
                try:
                    await asyncio.to_thread(_write_probe, self._folder)
                except OSError:
                    _log.exception("the data folder can't be written; no mail is taken")
                else:
                    self._sound = True
            return self._sound


def lack_of_room(folder: Path, limits: Limits) -> tuple[str, ...]:
    """Say why no mail is taken for want of room under a data folder, if that is so."""
    try:
        free_bytes, enough_inodes = _found(folder, limits)
    except OSError:
        return ()  # It is not there yet.
    if free_bytes < max(_SPARE * limits.message_size, limits.free_bytes):
        return (f"mail is refused: {free_bytes >> 20} MiB are free, which is no room for more",)
    return () if enough_inodes else ("mail is refused: no room is left for more files (inodes)",)


def _found(folder: Path, limits: Limits) -> tuple[int, bool]:
    """Give the bytes that are free, and whether there are enough inodes."""
    found = os.statvfs(folder)
    # File systems without a fixed number of inodes say 0.
    enough_inodes = not found.f_files or found.f_favail >= limits.free_inodes
    return found.f_bavail * found.f_frsize, enough_inodes


def _write_probe(folder: Path) -> None:
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(_PROBE)
        file.flush()
        os.fsync(file.fileno())
