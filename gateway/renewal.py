"""A changed configuration for a running daemon: checked as a whole before any of it holds."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from gateway.config.load import Configuration, load
from gateway.config.served import Console, Web
from gateway.config.settings import Settings
from gateway.errors import Finding, Misconfigured, Transient
from gateway.house import House, renewed
from gateway.store.standing import StandingAlarm

Served = TypeVar("Served", Web, Console)

_log = logging.getLogger("casepost.renewal")

# What is opened, bound or connected once, when the daemon starts.
_AT_THE_START = (
    *("data", "database", "hostname", "large_mail", "log", "raw", "trusted_networks"),
    *("listener", "limits", "imap", "msa", "internal"),
)
# The ways to sign in change together: where one waits, the one before it must not be gone.
_CONSOLE_AT_THE_START = ("host", "port", "passwords", "trusted_header", "oidc")


@dataclass(frozen=True, slots=True)
class Renewal:
    """A house with what the files say now; `later` are the settings that a new start is for."""

    house: House
    later: tuple[str, ...]


def renew(house: House, path: Path) -> Renewal:
    """Read configuration, desks, rules and templates anew.

    Raises Misconfigured with everything that is wrong in any of them.
    """
    configuration = load(path)
    settings, later = _at_once(house.settings, configuration.settings)
    return Renewal(renewed(house, Configuration(settings, configuration.desks)), later)


def _at_once(old: Settings, new: Settings) -> tuple[Settings, tuple[str, ...]]:
    """Give the new settings as far as they can hold at once, and the names of the others."""
    later = [key for key in _AT_THE_START if getattr(old, key) != getattr(new, key)]
    settings = replace(new, **{key: getattr(old, key) for key in _AT_THE_START})
    if new.worker.processes != old.worker.processes:
        later.append("worker.processes")
        worker = replace(new.worker, processes=old.worker.processes)
        settings = replace(settings, worker=worker)
    web = _served(old.web, new.web, ("host", "port"))
    console = _served(old.console, new.console, _CONSOLE_AT_THE_START)
    later += [name for name, (_, waits) in (("web", web), ("console", console)) if waits]
    return replace(settings, web=web[0], console=console[0]), tuple(later)


def _served(
    old: Served | None, new: Served | None, fixed: Sequence[str]
) -> tuple[Served | None, bool]:
    """Give where pages are served as far as it can hold at once, and whether something waits."""
    if old is None or new is None:
        return old, old != new
    kept = {key: getattr(old, key) for key in fixed}
    return replace(new, **kept), any(getattr(new, key) != value for key, value in kept.items())


class Renewing:
    """Renews a daemon's house again and again; while the files are wrong there is an alarm."""

    def __init__(self, path: Path, house: House, roles: str) -> None:
        """Read `path` when asked to; `roles` tells daemons of one node from each other."""
        self._path = path
        self._node = house.node
        self._alarm = StandingAlarm(house.database, f"configuration {house.node} {roles}")

    def renew(self, house: House) -> Renewal | None:
        """Give the house with what the files say now, None if they are wrong; says which it is."""
        try:
            renewal = renew(house, self._path)
        except Misconfigured as refused:
            self._refuse(refused.findings)
            return None
        except Exception as error:  # mail goes its way, whatever can be wrong with a file
            _log.exception("the configuration cannot be read")
            self._refuse((Finding(str(self._path), 0, f"cannot be read: {error}"),))
            return None
        for key in renewal.later:
            _log.warning("%s: what is new in %s takes effect at the next start", self._path, key)
        desks = len(renewal.house.desks)
        _log.info("the configuration was read anew and is in force: %d desks", desks)
        self._alarm.sentence = ""
        self.tell()
        return renewal

    def tell(self) -> None:
        """Write the alarm down, or that there is none, unless it is written; to be tried again."""
        try:
            self._alarm.tell()
        except Transient as error:
            _log.warning("the state of the configuration is told later: %s", error)

    def _refuse(self, findings: tuple[Finding, ...]) -> None:
        for finding in findings:
            _log.error("%s", finding)
        count = f"{len(findings)} finding{'s' * (len(findings) > 1)}"
        _log.error("the configuration is refused, %s; the one before it stays in force", count)
        self._alarm.sentence = (
            f"{self._node} refuses its configuration and goes on with the one before it: "
            f"{count}, the first is {findings[0]}"
        )
        self.tell()
