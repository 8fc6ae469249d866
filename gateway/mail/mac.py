"""The MAC that proves that we wrote what stands before it in an address, an id or a link."""

import base64
import hashlib
import hmac


def mac(key: bytes, purpose: str, said: str, length: int) -> str:
    """Give `length` bytes of an HMAC-SHA256 (RFC 2104), in letters of one case and digits.

    One key may serve many purposes: what was signed for one proves nothing for another.
    """
    text = f"{purpose}\0{said}".encode("utf-8", "replace")
    digest = hmac.digest(key, text, hashlib.sha256)
    return base64.b32encode(digest[:length]).decode().rstrip("=").lower()
