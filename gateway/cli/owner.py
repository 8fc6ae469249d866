"""Who may write: only the user that the data belongs to."""

import os
import pwd
from pathlib import Path

from gateway.errors import Misused


def require_owner(data: Path) -> None:
    """See to it that we are the user whose data this is; a folder that is not there is anybody's.

    Files written by another, root among them, could not be opened by the daemon afterwards.
    Raises Misused.
    """
    try:
        owner = data.stat().st_uid
    except FileNotFoundError:
        return
    if owner != os.geteuid():
        raise Misused(f"{data} belongs to {_name(owner)}; run this as that user")


def _name(user: int) -> str:
    try:
        return f"user {pwd.getpwuid(user).pw_name}"
    except KeyError:
        return f"user {user}"
