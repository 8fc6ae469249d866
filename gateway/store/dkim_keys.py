"""The private keys that outgoing mail is signed with, read from their files once."""

from gateway.config.settings import Dkim, Settings
from gateway.errors import Finding
from gateway.mail.dkim_signing import Signer, Signers, UnusableKey

_LARGEST = 64 * 1024


def load_signers(settings: Settings) -> tuple[Signers, tuple[Finding, ...]]:
    """Read the keys, and say which of them cannot be used; those are left out."""
    signers: dict[str, Signer] = {}
    findings: list[Finding] = []
    for one in settings.dkim:
        try:
            signers[one.domain] = _signer(one)
        except OSError as error:
            findings.append(_finding(settings, one, f"cannot be read: {error.strerror}"))
        except UnusableKey as error:
            why = " ".join(str(error).split())
            findings.append(_finding(settings, one, f"is no RSA key in PEM that signs: {why}"))
    return Signers(signers), tuple(findings)


def _signer(one: Dkim) -> Signer:
    with one.private_key.open("rb") as file:
        signer = Signer(one.domain, one.selector, file.read(_LARGEST))
    signer.check()
    return signer


def _finding(settings: Settings, one: Dkim, message: str) -> Finding:
    return Finding(
        str(settings.path), 0, f"the [[dkim]] key {one.private_key} of {one.domain} {message}"
    )
