"""Whether the author's domain vouches for a mail (DMARC, RFC 9989)."""

from gateway.mail.model import Authenticity, Envelope, Mail, Verdict


def authenticate(mail: Mail, envelope: Envelope) -> Authenticity:  # noqa: ARG001  same for all
    """Give the verdict on a mail's author.

    No SPF, DKIM or DMARC check is made, and header fields that claim one was made are not
    believed, so the verdict is never PASS.
    """
    return Authenticity(Verdict.UNKNOWN, "nobody verified this mail")
