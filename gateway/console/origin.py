"""Where a request comes from and where it may lead: our own pages, in both directions."""

import hmac
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.requests import Request

from gateway.console.session import console_of
from gateway.console.visit import form_token
from gateway.house import House
from gateway.serving.hosts import hosts_of

# A path of ours: neither of another host ("//") nor one that a browser reads as such ("/\").
_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]{0,2000}")


def is_ours(house: House, request: Request, form: Mapping[str, str], secret: str) -> bool:
    """Say whether a form was sent by a page of ours: by its token, and by what the browser says."""
    if not secret:
        return False
    if not hmac.compare_digest(form.get("token", "").encode(), form_token(secret).encode()):
        return False
    origin = request.headers.get("origin", "")
    if origin:
        ours = urlsplit(console_of(house).base_url)
        # A browser writes it in small letters and without the usual port.
        hosts = hosts_of(ours.scheme, ours.netloc.lower())
        return origin in {f"{ours.scheme}://{host}" for host in hosts}
    return request.headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}


def safe_path(text: str) -> str:
    """Give where somebody wanted to go, or "/" where that is no page of ours to look at."""
    if not _PATH.fullmatch(text) or text.startswith(("/sign-in", "/sign-out")):
        return "/"
    return text
