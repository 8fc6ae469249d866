"""The ports of pages: whether our own servers answer there."""

import socket
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException

from gateway.config.settings import Settings
from gateway.doctor.check import Check, ok, problem, warning
from gateway.doctor.ports import free, to_reach

_SECONDS = 3.0
# Each answers this with a page of its own, or with the refusal of one, and never with an error.
_PATHS = {"web": "/", "console": "/", "internal": "/healthz"}


def check_pages(settings: Settings) -> Iterator[Check]:
    """Ask each server of pages that is configured."""
    for name, path in _PATHS.items():
        served = getattr(settings, name)
        if served is not None:
            yield _check(f"{name} {served.host}:{served.port}", served.host, served.port, path)


def _check(name: str, host: str, port: int, path: str) -> Check:
    asked = HTTPConnection(to_reach(host), port, timeout=_SECONDS)
    try:
        asked.request("GET", path)
        status = asked.getresponse().status
    except ConnectionRefusedError:
        return free(name, host, port)
    except (OSError, HTTPException) as error:
        return problem(name, f"the port does not answer as ours does: {error}; see who has it")
    finally:
        asked.close()
    if status >= 500:
        return warning(name, f"it answers with {status}: see its log, and the database")
    return ok(name, f"{socket.gethostname()} answers there")
