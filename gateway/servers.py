"""The servers of a daemon: customers' pages, the console, and what machines ask."""

import logging
from collections.abc import Callable, Collection
from datetime import datetime

from gateway.console.application import console
from gateway.errors import Misused
from gateway.house import House
from gateway.roles import Role
from gateway.serving.bells import Bells
from gateway.serving.server import ServingThread
from gateway.web.pages import pages

_log = logging.getLogger("casepost.daemon")


def servers_of(
    roles: Collection[Role],
    house: Callable[[], House],
    now: Callable[[], datetime],
    bells: Bells,
) -> tuple[ServingThread, ...]:
    """Give the servers that a configuration asks for; none of them listens yet."""
    settings = house().settings
    servers = []
    if Role.WEB in roles and settings.web:
        servers.append(
            ServingThread("web", settings.web.host, settings.web.port, pages(house, now))
        )
    if Role.WEB in roles and settings.console:
        here = settings.console
        servers.append(ServingThread("console", here.host, here.port, console(house, now, bells)))
    return tuple(servers)


def internal_server(
    house: Callable[[], House], now: Callable[[], datetime], serves: Callable[[], bool]
) -> tuple[ServingThread, ...]:
    """Give the server, or none, that machines ask how the daemon does.

    Every daemon has it, whatever its roles; `serves` says whether all of them work.
    """
    here = house().settings.internal
    if here is None:
        return ()
    # The library for metrics takes its time to load, and most houses never need it.
    from gateway.internal.application import internal  # noqa: PLC0415  see above

    return (ServingThread("internal", here.host, here.port, internal(house, now, serves)),)


def started(server: ServingThread, *, insist: bool) -> bool:
    """Start a server; False where it cannot be just now. Raises Misused if somebody insists."""
    try:
        server.start()
    except Misused as error:
        if insist:
            raise
        _log.error("no pages are served yet: %s", error)
        return False
    return True
