"""Texts as they stand in HTML and in SVG."""

from html import escape


def text(of: str) -> str:
    """Escape a text, in elements as in attributes, without what a page must not have."""
    shown = (c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in of)
    return escape("".join(shown))
