"""The parts of a daemon, by the names that `casepost run --only` knows."""

from enum import StrEnum

from gateway.errors import Misused


class Role(StrEnum):
    """A part of the daemon that `--only` can name."""

    LISTENER = "listener"
    IMAP = "imap"
    WORKER = "worker"
    COURIER = "courier"
    CLOCK = "clock"
    WEB = "web"


def roles_of(names: str) -> frozenset[Role]:
    """Read a list of roles such as `listener, worker`. Raises Misused for an unknown one."""
    if not names:
        return frozenset(Role)
    known = {role.value: role for role in Role}
    named = [name.strip() for name in names.split(",")]
    unknown = [name for name in named if name not in known]
    if unknown:
        message = f"there is no role {unknown[0]!r}; roles are {', '.join(known)}"
        raise Misused(message)
    return frozenset(known[name] for name in named)
