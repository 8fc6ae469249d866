"""Web addresses that people write into configurations and mails, and others are to follow."""

from urllib.parse import urlsplit

_MOST = 400
_NOT_IN_URLS = frozenset("\"'<>\\^`{|}")


def is_web_address(url: str) -> bool:
    """Say whether a text is one web address and nothing that a reader could be tricked by."""
    if len(url) > _MOST or not url.isprintable() or " " in url or _NOT_IN_URLS & set(url):
        return False
    try:
        parts = urlsplit(url)
        port_is_right = parts.port is None or parts.port > 0
    except ValueError:
        return False
    is_web = parts.scheme in {"http", "https"}
    return is_web and bool(parts.hostname) and "@" not in parts.netloc and port_is_right
