"""Where pages are served: those of customers, the console, and what machines ask.

Times are seconds.
"""

from ipaddress import IPv4Network, IPv6Network

from pydantic.dataclasses import dataclass

from gateway.config.kinds import STRICT, Network, Port, Seconds


@dataclass(frozen=True, slots=True, config=STRICT)
class Web:
    """Where pages for people are served, and the address that links to them begin with."""

    host: str = "127.0.0.1"
    port: Port = 8025
    base_url: str = "http://127.0.0.1:8025"


@dataclass(frozen=True, slots=True, config=STRICT)
class TrustedHeader:
    """A field in which a proxy in front of the console names who has signed in there.

    It is believed from hosts in `networks` alone.
    """

    name: str
    networks: tuple[Network, ...]


@dataclass(frozen=True, slots=True, config=STRICT)
class Oidc:
    """An identity provider (OpenID Connect Core 1.0) that says who signs in.

    `issuer` has its configuration below `/.well-known/`; `label` is how people know it. The mail
    address that it vouches for stands in `claim`; the user has to be known to the console.
    """

    issuer: str
    client_id: str
    client_secret_file: str
    label: str = "single sign-on"
    claim: str = "email"


@dataclass(frozen=True, slots=True, config=STRICT)
class Console:
    """Where the console is served: an address of its own, for agents, supervisors and admins.

    A session ends `session` seconds after signing in, and `idle` seconds after the last request.
    Hosts in `proxies` are believed when they say in `X-Forwarded-For` whom they ask for.
    """

    host: str = "127.0.0.1"
    port: Port = 8026
    base_url: str = "http://127.0.0.1:8026"
    session: Seconds = 12 * 3600
    idle: Seconds = 2 * 3600
    passwords: bool = True
    proxies: tuple[Network, ...] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
    trusted_header: TrustedHeader | None = None
    oidc: Oidc | None = None


@dataclass(frozen=True, slots=True, config=STRICT)
class Internal:
    """Where machines ask how the daemon does: `/healthz`, `/readyz`, `/metrics`."""

    host: str = "127.0.0.1"
    port: Port = 8027
