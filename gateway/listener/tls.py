"""STARTTLS for the listener (RFC 3207)."""

import ssl

from gateway.config.settings import Listener
from gateway.errors import Misused


def server_context(listener: Listener) -> ssl.SSLContext | None:
    """Make what a listener needs for STARTTLS; None when it has no certificate.

    Raises Misused when certificate or key can't be read or don't belong together.
    """
    if listener.certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(listener.certificate, listener.private_key)
    except (OSError, ssl.SSLError) as error:
        raise Misused(
            f"the certificate {listener.certificate} and its private key can't be used: {error}"
        ) from error
    return context
