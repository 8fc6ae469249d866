"""The servers of a daemon: customers' pages, the console, and what machines ask.

What a server needs stays in the process for good: it is loaded where that server is asked for.
"""

import logging
from collections.abc import Callable, Collection
from datetime import datetime
from typing import TYPE_CHECKING

from gateway.errors import Misused
from gateway.house import House
from gateway.roles import Role
from gateway.serving.bells import Bells

if TYPE_CHECKING:
    from gateway.serving.server import ServingThread

_log = logging.getLogger("casepost.daemon")


def servers_of(
    roles: Collection[Role],
    house: Callable[[], House],
    now: Callable[[], datetime],
    bells: Bells,
) -> "tuple[ServingThread, ...]":
    """Give the servers that a configuration asks for; none of them listens yet."""
    settings = house().settings
    servers = []
    if Role.WEB in roles and (here := settings.web):
        from gateway.serving.server import ServingThread  # noqa: PLC0415  see above
        from gateway.web.pages import pages  # noqa: PLC0415  see above

        servers.append(ServingThread("web", here.host, here.port, pages(house, now)))
    if Role.WEB in roles and (there := settings.console):
        from gateway.console.application import console  # noqa: PLC0415  see above
        from gateway.serving.server import ServingThread  # noqa: PLC0415  see above

        application = console(house, now, bells)
        servers.append(ServingThread("console", there.host, there.port, application))
    return tuple(servers)


def internal_server(
    house: Callable[[], House], now: Callable[[], datetime], serves: Callable[[], bool]
) -> "tuple[ServingThread, ...]":
    """Give the server, or none, that machines ask how the daemon does.

    Every daemon has it, whatever its roles; `serves` says whether all of them work.
    """
    here = house().settings.internal
    if here is None:
        return ()
    from gateway.internal.application import internal  # noqa: PLC0415  see above
    from gateway.serving.server import ServingThread  # noqa: PLC0415  see above

    return (ServingThread("internal", here.host, here.port, internal(house, now, serves)),)


def started(server: "ServingThread", *, insist: bool) -> bool:
    """Start a server; False where it cannot be just now. Raises Misused if somebody insists."""
    try:
        server.start()
    except Misused as error:
        if insist:
            raise
        _log.error("no pages are served yet: %s", error)
        return False
    return True
