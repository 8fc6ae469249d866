"""What lies outside: the DNS, the MSA, and our own ports as others see them."""

import asyncio
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from gateway.config.settings import Listener, Msa, Settings
from gateway.courier.away import Away
from gateway.courier.smtp_connection import client_context, connect
from gateway.doctor.certificate import check_end, ends_of
from gateway.doctor.check import Check, ok, problem, warning
from gateway.doctor.ports import free, to_reach
from gateway.errors import CasepostError
from gateway.listener.tls import server_context
from gateway.mail.authenticity.questions import Question, Type
from gateway.oauth2.grant import Grant
from gateway.resolver import Asking

_SECONDS = 3.0
# Somebody waits at a terminal.
_PATIENCE = 20.0
# A name that is answered as long as there is a DNS.
_KNOWN = Question("iana.org", Type.MX)

Password = Callable[[], str]


def check_dns(settings: Settings, asking: Asking) -> Check:
    """Ask the resolver for something that is there."""
    answer = asyncio.run(asking.answer(_KNOWN))
    whom = ", ".join(settings.authenticity.nameservers) or "the system's name servers"
    if not answer.certain:
        return problem(
            "dns",
            f"{whom} gave no answer; no mail from outside can be verified: "
            "see /etc/resolv.conf, or name others in [authenticity]",
        )
    if not answer.records:
        return warning("dns", f"{whom} answered, but do not know {_KNOWN.name}")
    return ok("dns", f"{whom} answered")


def check_msa(
    msa: Msa, hostname: str, password: Password, grant: Grant | None, now: datetime
) -> Iterator[Check]:
    """Connect and log in as the courier does, and leave without a mail."""
    patient = min(msa.command_timeout, _PATIENCE)
    msa = replace(msa, connect_timeout=min(msa.connect_timeout, _PATIENCE), command_timeout=patient)
    try:
        client = connect(msa, client_context(msa), hostname, password, grant)
    except (Away, CasepostError) as error:
        yield problem("msa", str(error))
        return
    ends = _peer_ends(client)
    try:
        client.quit()
    except OSError:
        client.close()
    how = f" and let {msa.user} log in" if msa.user else ""
    yield ok("msa", f"{msa.host}:{msa.port} took the connection ({msa.tls.value}){how}")
    if ends is not None:
        to_do = "whoever runs it has to renew it, or no mail goes out"
        yield check_end("msa certificate", ends, now, to_do)


def _peer_ends(client: smtplib.SMTP) -> datetime | None:
    """Give when the certificate of the MSA ends; None without TLS."""
    return ends_of(client.sock.getpeercert()) if isinstance(client.sock, ssl.SSLSocket) else None


def check_listeners(settings: Settings, now: datetime) -> Iterator[Check]:
    """Look at the ports and certificates of the listeners."""
    for listener in settings.listener:
        name = f"listener {listener.host}:{listener.port}"
        yield _port(name, listener)
        if listener.certificate is not None:
            yield _certificate(name, listener, now)


def _port(name: str, listener: Listener) -> Check:
    """Say whether a port greets as a mail server does, is free, or is somebody else's."""
    address = to_reach(listener.host), listener.port
    try:
        with socket.create_connection(address, _SECONDS) as connection:
            greeting = connection.recv(512)
            connection.sendall(b"QUIT\r\n")
    except ConnectionRefusedError:
        return free(name, listener.host, listener.port)
    except OSError as error:
        return problem(name, f"the port does not answer as ours does: {error.strerror or error}")
    if not greeting.startswith(b"220"):
        return problem(name, "another program has the port: `ss -ltnp` says which")
    return ok(name, "a daemon greets there")


def _certificate(name: str, listener: Listener, now: datetime) -> Check:
    """Show a listener's certificate to a client that knows nothing but it."""
    name = f"{name} certificate"
    try:
        server = server_context(listener)
        pem = Path(listener.certificate or "").read_text("ascii")
        if server is None:
            return problem(name, "there is none")
        ends = _ends(server, pem)
    except ssl.SSLCertVerificationError as error:
        return problem(name, f"clients will refuse it: {error.verify_message}")
    except (CasepostError, OSError, ValueError) as error:
        return problem(name, str(error))
    return check_end(name, ends, now, "renew it, and restart the daemon")


def _ends(server: ssl.SSLContext, pem: str) -> datetime:
    """Give when a certificate ends, by a handshake in memory. Raises SSLError if it is no good."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.load_verify_locations(cadata=pem)
    client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    theirs = server.wrap_bio(to_server, to_client, server_side=True)
    ours = client.wrap_bio(to_client, to_server)
    for _ in range(4):
        for side in (ours, theirs):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    ends = ends_of(ours.getpeercert())
    if ends is None:
        raise ValueError("the certificate does not say when it ends")
    return ends
