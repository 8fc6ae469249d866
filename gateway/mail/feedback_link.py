"""The secret at the end of a link by which a customer says how content they are.

It is 128 random bits in 26 letters and digits. Whoever has it may rate one closing of one case;
what is kept of it is its SHA-256, so that nobody who reads the database can.
"""

import base64
import hashlib
import re

SECRET_BYTES = 16
_TOKEN = re.compile(r"[a-z2-7]{26}")
_LONGEST = 26
_LINK = re.compile(r"/feedback/([a-z2-7]{26})(?![a-z0-9])")
# Programs that guard a mailbox write links into links of their own: `%2Ffeedback%2F`, `_feedback_`.
_WRITTEN = re.compile(
    r"((?:/|%(?:25)?2F|_)feedback(?:/|%(?:25)?2F|_))[a-z2-7]{26}(?![a-z0-9])",
    re.ASCII | re.IGNORECASE,
)
_LEFT_OUT = "…"


def token_of(secret: bytes) -> str:
    """Give the token of so many random bytes as `SECRET_BYTES` says."""
    return base64.b32encode(secret).decode().rstrip("=").lower()


def digest_of(token: str) -> str:
    """Give what is kept of a token, "" for a text that can be none; capitals are no difference."""
    folded = token.lower() if len(token) == _LONGEST else ""
    return hashlib.sha256(folded.encode()).hexdigest() if _TOKEN.fullmatch(folded) else ""


def found_in(text: str) -> str:
    """Give the token of the first link in a mail of ours, "" if there is none."""
    link = _LINK.search(text)
    return link[1] if link else ""


def without_secrets(text: str) -> str:
    """Give what somebody wrote without the secrets of links in it: they are the customer's own.

    Whose work is rated, and others on the case, may read it.
    """
    # Most texts have no such word, which is seen in a tenth of the time.
    if "feedback" not in text.lower():
        return text
    return _WRITTEN.sub(rf"\1{_LEFT_OUT}", text)


def address_of(pages: str, token: str) -> str:
    """Give the address of the page, where our own pages are at `pages`."""
    return f"{pages.rstrip('/')}/feedback/{token}"
