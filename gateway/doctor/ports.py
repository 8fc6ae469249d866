"""A port of ours that nobody answers at."""

import socket

from gateway.doctor.check import Check, problem, warning

_EVERY_HOST = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104  looked up


def to_reach(host: str) -> str:
    """Give the address at which one reaches what listens on a host."""
    return _EVERY_HOST.get(host, host)


def free(name: str, host: str, port: int) -> Check:
    """Say whether a port could be taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return problem(name, f"the port cannot be taken: {error.strerror}")
    return warning(name, "the daemon does not run; the port is free")
