"""Opening a connection to the MSA: TLS as configured, verified, then the login (RFC 6409)."""

import logging
import smtplib
import socket
import ssl
from collections.abc import Callable

from gateway.config.loopback import is_loopback
from gateway.config.settings import Msa, TlsMode
from gateway.courier.outlet import readable
from gateway.errors import CasepostError, Misused, Transient

_log = logging.getLogger("casepost.courier")

Password = Callable[[], str]


class Away(Transient):
    """The MSA can't be had; `code` is its refusal, if it said one."""

    def __init__(self, reply: str, code: int | None = None) -> None:
        super().__init__(reply)
        self.reply = reply
        self.code = code


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
    msa: Msa, context: ssl.SSLContext | None, hostname: str, password: Password
) -> smtplib.SMTP:
    """Open a connection that is ready for mail. Raises Away."""
    try:
        client = _dial(msa, context, hostname)
    except smtplib.SMTPResponseException as refused:
        raise _refused("the MSA does not greet us", refused) from None
    except (OSError, ValueError) as error:
        raise Away(f"no connection to the MSA: {readable(str(error))}") from None
    try:
        _prepare(client, msa, context, password)
    except Away:
        client.close()
        raise
    except smtplib.SMTPResponseException as refused:
        client.close()
        raise _refused("the MSA refuses", refused) from None
    except (OSError, ValueError) as error:
        client.close()
        raise Away(f"the connection to the MSA failed: {readable(str(error))}") from None
    return client


def _dial(msa: Msa, context: ssl.SSLContext | None, hostname: str) -> smtplib.SMTP:
    """Connect and read the greeting, in `connect_timeout`."""
    if msa.tls is TlsMode.TLS:
        return smtplib.SMTP_SSL(
            msa.host,
            msa.port,
            local_hostname=hostname,
            timeout=msa.connect_timeout,
            context=context,
        )
    return smtplib.SMTP(msa.host, msa.port, local_hostname=hostname, timeout=msa.connect_timeout)


def _prepare(
    client: smtplib.SMTP, msa: Msa, context: ssl.SSLContext | None, password: Password
) -> None:
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
    if msa.user:
        _login(client, msa.user, password)


def patience(client: smtplib.SMTP, seconds: float) -> None:
    """Say how long to wait for each of the MSA's next steps."""
    if client.sock is not None:
        client.sock.settimeout(seconds)


def _ehlo(client: smtplib.SMTP) -> None:
    code, said = client.ehlo()
    if code != 250:
        raise Away(f"the MSA refuses EHLO: {code} {readable(said)}", code)


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
    except smtplib.SMTPResponseException as refused:
        raise _refused("the MSA refuses the login", refused) from None


def _refused(what: str, refused: smtplib.SMTPResponseException) -> Away:
    return Away(f"{what}: {refused.smtp_code} {readable(refused.smtp_error)}", refused.smtp_code)
