"""DKIM signatures on outgoing mail (RFC 6376), made over its final bytes.

The signature covers the whole body. Each field that makes a mail what it is is signed once more
than it is there, so that nobody can add another one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

# Those that stand in every mail, and those that must not be added to one that has them or not.
_SIGNED = ("from", "to", "subject", "date", "message-id", "reply-to", "in-reply-to", "references")
_OURS = ("mime-version", "content-type", "content-transfer-encoding", "auto-submitted")
_ONCE_MORE = ("from", "to", "subject", "date", "reply-to", "content-type")
_RELAXED = (b"relaxed", b"relaxed")
_PROBE = b"From: a@example\r\n\r\n\r\n"


class UnusableKey(ValueError):
    """A private key that cannot sign; the text says why."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs for a domain with an RSA key in PEM (PKCS #1 or PKCS #8)."""

    domain: str
    selector: str
    private_key: bytes = field(repr=False)

    def sign(self, content: bytes) -> bytes:
        """Give the mail with its signature on top. Raises UnusableKey."""
        return self._signature(content) + content

    def check(self) -> None:
        """Sign something. Raises UnusableKey."""
        self._signature(_PROBE)

    def _signature(self, content: bytes) -> bytes:
        # It brings a DNS library along, which who signs nothing need not import.
        import dkim  # noqa: PLC0415

        head = content.partition(b"\r\n\r\n")[0].lower()
        there = [n for n in (*_SIGNED, *_OURS) if b"\r\n" + n.encode() + b":" in b"\r\n" + head]
        try:
            signature: bytes = dkim.sign(
                content,
                self.selector.encode("ascii"),
                self.domain.encode("ascii"),
                # The parser looks for a line feed at the end of the first line.
                self.private_key.replace(b"\r\n", b"\n"),
                canonicalize=_RELAXED,
                include_headers=[n.encode() for n in (*there, *_ONCE_MORE)],
            )
        except Exception as error:  # on a broken key the library raises whatever it ran into
            raise UnusableKey(str(error) or type(error).__name__) from error
        return signature


@dataclass(frozen=True, slots=True)
class Signers:
    """The signers by their domains."""

    by_domain: Mapping[str, Signer] = field(default_factory=dict)

    def signer_for(self, address: str) -> Signer | None:
        """Give the signer for a From address: its domain's, or that of a domain above it."""
        domain = address.rpartition("@")[2].lower()
        while domain:
            if domain in self.by_domain:
                return self.by_domain[domain]
            domain = domain.partition(".")[2]
        return None
