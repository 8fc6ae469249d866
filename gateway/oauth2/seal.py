"""Tokens as they stand in the database: nobody reads them who has not the key of the house."""

import base64
import hashlib
import hmac
import os

from gateway.errors import CasepostError

_NONCE = 12  # bytes


class Unsealable(CasepostError):
    """What is to be opened was sealed with another key, for something else, or was changed."""


class Seal:
    """AES-256-GCM; what was sealed for one purpose is opened for no other."""

    def __init__(self, key: bytes) -> None:
        """Derive our keys from a key of the house."""
        # Here and below: only who has a grant pays for a library of many megabytes.
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415  as said

        self._cipher = AESGCM(_derived(key, "seal of grants"))
        self._digest_key = _derived(key, "digest of grants")

    def close(self, token: str, purpose: str) -> str:
        """Seal a token; "" stays as it is."""
        if not token:
            return ""
        nonce = os.urandom(_NONCE)
        sealed = self._cipher.encrypt(nonce, token.encode(), purpose.encode())
        return base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, sealed: str, purpose: str) -> str:
        """Give the token again. Raises Unsealable."""
        if not sealed:
            return ""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415  as above

        try:
            whole = base64.urlsafe_b64decode(sealed)
            return self._cipher.decrypt(whole[:_NONCE], whole[_NONCE:], purpose.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise Unsealable("a kept token was sealed with another key") from error

    def digest(self, *texts: str) -> str:
        """Give what tells whether texts have changed, and nothing of what they are."""
        whole = "\0".join(f"{len(text)}:{text}" for text in texts)
        return hmac.new(self._digest_key, whole.encode(), hashlib.sha256).hexdigest()


def _derived(key: bytes, purpose: str) -> bytes:
    return hmac.new(key, purpose.encode(), hashlib.sha256).digest()
