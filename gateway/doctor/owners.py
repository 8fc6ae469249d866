"""Who may read what only the daemon should: the data folder, and the keys in it."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from gateway.doctor.check import Check, ok, problem, warning


def check_owners(data: Path) -> Iterator[Check]:
    """Look at the data folder's owner and at who else may read it and its keys."""
    try:
        seen = data.stat()
    except OSError:
        return  # That it is not there, or cannot be looked at, is said by itself.
    if seen.st_uid not in {os.geteuid(), 0} and os.geteuid() != 0:
        yield problem("owner", f"{data} is another user's: run this as the user of the daemon")
        return
    open_to_all = [path for path in (data, *_keys(data)) if _is_open(path)]
    if open_to_all:
        shown = " ".join(str(path) for path in open_to_all[:3])
        yield warning(
            "owner",
            f"others on this machine may read mail and keys: chmod o-rwx {shown}"
            + (" ..." if len(open_to_all) > 3 else ""),
        )
    else:
        yield ok("owner", "nobody else on this machine may read mail or keys")


def _keys(data: Path) -> list[Path]:
    try:
        return sorted((data / "keys").iterdir())
    except OSError:
        return []


def _is_open(path: Path) -> bool:
    """Say whether everybody may read a file, or look into a folder."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return bool(mode & (stat.S_IROTH | stat.S_IXOTH if stat.S_ISDIR(mode) else stat.S_IROTH))
