"""`casepost run`: the daemon."""

import contextlib
import ctypes
from typing import Annotated

import typer

from gateway import logs
from gateway.asked import delay_renewal
from gateway.cli.options import ConfigOption
from gateway.cli.owner import require_owner
from gateway.config.load import load
from gateway.config.log import LogFormat
from gateway.daemon import Daemon
from gateway.errors import Misconfigured, Transient
from gateway.roles import roles_of
from gateway.store.dkim_keys import load_signers

_ARENA_MAX = -8  # its name in malloc.h is M_ARENA_MAX


def run(
    config: ConfigOption,
    only: Annotated[
        str,
        typer.Option(help="Run only these roles: listener, imap, worker, courier, clock, web."),
    ] = "",
) -> None:
    """Run the daemon until it is asked to end (SIGTERM, or Ctrl-C).

    SIGHUP lets it read configuration, desks, rules and templates anew; a wrong set changes nothing.

    Example: casepost run --config /etc/casepost/casepost.toml --only listener,worker
    """
    roles = roles_of(only)
    _keep_one_heap()
    delay_renewal()
    logs.to_stderr()
    configuration = load(config)
    logs.to_stderr(as_json=configuration.settings.log.format is LogFormat.JSON)
    require_owner(configuration.settings.data)
    if unusable := load_signers(configuration.settings)[1]:
        raise Misconfigured(unusable)
    daemon = Daemon(config, configuration, roles)
    daemon.heed_signals()
    try:
        daemon.start()
        daemon.wait()
    finally:
        daemon.stop()
    if daemon.failed:
        raise Transient(daemon.failed)


def _keep_one_heap() -> None:
    """Let all threads take memory from one heap: glibc gives each its own, which only grows."""
    with contextlib.suppress(OSError, AttributeError):  # There are other systems than GNU's.
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)
