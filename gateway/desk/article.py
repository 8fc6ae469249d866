"""An article of the knowledge base as it is imported, as a value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """An article: a file at `path` below the folder that it is imported from, with slashes.

    Another file is another article, and the same file with another title the same article. `text`
    is plain text for a mail, `url` an http or https address or "". `tags` are further words that
    people use for it; `product` is what it is about, "" for any.
    """

    path: str
    title: str
    language: str
    text: str
    url: str = ""
    product: str = ""
    tags: tuple[str, ...] = ()
