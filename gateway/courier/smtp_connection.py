"""Opening a connection to the MSA: TLS as configured, verified, then the login (RFC 6409)."""

import logging
import smtplib
import socket
import ssl
from collections.abc import Callable

from gateway.config.loopback import is_loopback
from gateway.config.settings import Msa, TlsMode
from gateway.courier.away import Away, refused
from gateway.courier.bounded_reply import Client, SecureClient
from gateway.courier.outlet import readable
from gateway.courier.token_login import Enter, token_login
from gateway.errors import CasepostError, Misused
from gateway.oauth2.grant import Grant

_log = logging.getLogger("casepost.courier")

Password = Callable[[], str]


def client_context(msa: Msa) -> ssl.SSLContext | None:
    """Make what verifies the MSA; None where TLS is off.

    Raises Misused when `ca_file` can't be used, or a password would cross a network in the clear.
    """
    if msa.tls is TlsMode.NONE:
        if msa.user and not is_loopback(msa.host):
            raise Misused(
                f'the MSA {msa.host} has a "user" and tls = "none": the password would cross the '
                'network in the clear; set tls = "starttls" or "tls"'
            )
        return None
    try:
        context = ssl.create_default_context(cafile=msa.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise Misused(f"the MSA's ca_file {msa.ca_file} can't be used: {error}") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def connect(
    msa: Msa,
    context: ssl.SSLContext | None,
    hostname: str,
    password: Password,
    grant: Grant | None = None,
) -> smtplib.SMTP:
    """Open a connection that is ready for mail; `grant` is that of an MSA with tokens. Raises Away.

    A token that is had first may take a while, in which no MSA should wait for us.
    """
    enter = _entrance(msa, password, grant)
    try:
        client = _dial(msa, context, hostname)
    except smtplib.SMTPResponseException as refusal:
        raise refused("the MSA does not greet us", refusal) from None
    except (OSError, ValueError) as error:
        raise Away(f"no connection to the MSA: {readable(str(error))}") from None
    try:
        _prepare(client, msa, context, enter)
    except Away:
        client.close()
        raise
    except smtplib.SMTPResponseException as refusal:
        client.close()
        raise refused("the MSA refuses", refusal) from None
    except (OSError, ValueError) as error:
        client.close()
        raise Away(f"the connection to the MSA failed: {readable(str(error))}") from None
    return client


def _dial(msa: Msa, context: ssl.SSLContext | None, hostname: str) -> smtplib.SMTP:
    """Connect and read the greeting, in `connect_timeout`."""
    if msa.tls is TlsMode.TLS:
        return SecureClient(
            msa.host,
            msa.port,
            local_hostname=hostname,
            timeout=msa.connect_timeout,
            context=context,
        )
    return Client(msa.host, msa.port, local_hostname=hostname, timeout=msa.connect_timeout)


def _prepare(client: smtplib.SMTP, msa: Msa, context: ssl.SSLContext | None, enter: Enter) -> None:
    patience(client, msa.command_timeout)
    if client.sock is not None:
        # The final dot goes by itself and must not wait for an acknowledgement of the text.
        client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    _ehlo(client)
    if msa.tls is TlsMode.STARTTLS:
        if not client.has_extn("starttls"):
            raise Away("the MSA does not offer STARTTLS")
        client.starttls(context=context)
        # What was said before TLS was anybody's word (RFC 3207 section 4.2).
        _ehlo(client)
    enter(client)


def patience(client: smtplib.SMTP, seconds: float) -> None:
    """Say how long to wait for each of the MSA's next steps."""
    if client.sock is not None and client.sock.gettimeout() != seconds:
        client.sock.settimeout(seconds)


def _ehlo(client: smtplib.SMTP) -> None:
    code, said = client.ehlo()
    if code != 250:
        raise Away(f"the MSA refuses EHLO: {code} {readable(said)}", code)


def _entrance(msa: Msa, password: Password, grant: Grant | None) -> Enter:
    """Give how we log in over a connection. Raises Away where there is nothing to log in with."""
    if grant is not None:
        return token_login(msa, grant)
    if msa.user:
        return lambda client: _login(client, msa.user, password)
    return lambda _client: None


def _login(client: smtplib.SMTP, user: str, password: Password) -> None:
    try:
        secret = password()
    except (CasepostError, OSError) as error:
        _log.error("the MSA's password can't be read: %s", error)
        raise Away("the password for the MSA can't be read") from None
    if not (user.isascii() and secret.isascii()):
        raise Away("the user or the password for the MSA is not ASCII")
    if not client.has_extn("auth"):
        raise Away("the MSA does not offer a login")
    try:
        client.login(user, secret)
    except smtplib.SMTPResponseException as refusal:
        raise refused("the MSA refuses the login", refusal) from None
