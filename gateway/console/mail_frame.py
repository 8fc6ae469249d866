"""The HTML of our own mails, for a frame in which nothing runs and nothing is fetched.

Styles in attributes need a word in the policy each (CSP Level 3, section 8.3): the digest of the
attribute, so that these are applied and no others.
"""

import hashlib
from base64 import b64encode
from html.parser import HTMLParser

from starlette.responses import HTMLResponse

_POLICY = "sandbox; default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
# A policy is a header field, which has to stay short; styles beyond these are not applied.
_MOST_STYLES = 100


def mail_frame(document: str) -> HTMLResponse:
    """Answer with the HTML of a mail that Casepost wrote, to stand in `<iframe sandbox>`."""
    return HTMLResponse(document, headers={"content-security-policy": policy_of(document)})


def policy_of(document: str) -> str:
    """Give the policy under which a document has its own styles, and nothing else at all."""
    found = _Styles()
    found.feed(document)
    found.close()
    digests = list(dict.fromkeys(found.styles))[:_MOST_STYLES]
    if not digests:
        return _POLICY
    return f"{_POLICY}; style-src 'unsafe-hashes' {' '.join(digests)}"


class _Styles(HTMLParser):
    """Collects the digests of a document's styles, in elements and in attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.styles: list[str] = []
        self._element: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.styles += [_digest(value) for name, value in attrs if name == "style" and value]
        self._element = [] if tag == "style" else None

    def handle_data(self, data: str) -> None:
        if self._element is not None:
            self._element.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "style" and self._element is not None:
            self.styles.append(_digest("".join(self._element)))
        self._element = None


def _digest(style: str) -> str:
    digest = hashlib.sha256(style.encode("utf-8", "replace")).digest()
    return f"'sha256-{b64encode(digest).decode()}'"
