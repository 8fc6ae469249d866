"""A file of the knowledge base, read as an article: Markdown below its front matter."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from gateway.config.front_matter import Field, FrontMatter, read
from gateway.config.toml_file import did_you_mean
from gateway.desk.article import Page
from gateway.desk.markdown import plain_text
from gateway.errors import Finding, Misconfigured

_TEXTS = ("title", "language", "product", "url")
_KNOWN = (*_TEXTS, "tags")
_LONGEST = {"title": 200, "product": 100, "url": 2000}
_LONGEST_TAG = 60
_MOST_TAGS = 30
_LANGUAGE = re.compile(r"[a-z]{2}")
# Visible ASCII: what else an address has is written in it as %XX.
_URL = re.compile(r"https?://[!-~]+")
_NOTHING = Field(("",), 1)

_Wrong = Callable[[Field, str], None]


def read_article(file: Path, path: str) -> Page:
    """Read a file as the article with this path. Raises Misconfigured with all that is wrong."""
    matter = read(file)
    findings: list[Finding] = []

    def wrong(field: Field, message: str) -> None:
        findings.append(Finding(str(file), field.line, message))

    _check(matter, wrong)
    text = plain_text(matter.text)
    if not text:
        findings.append(Finding(str(file), matter.line, "has no text below its front matter"))
    if findings:
        raise Misconfigured(tuple(sorted(findings, key=lambda finding: finding.line)))
    title, language, product, url = (_text(matter, name) for name in _TEXTS)
    return Page(path, title, language, text, url, product, _tags(matter))


def _text(matter: FrontMatter, name: str) -> str:
    return matter.fields.get(name, _NOTHING).texts[0]


def _tags(matter: FrontMatter) -> tuple[str, ...]:
    """Give the tags: a list, or a text in which commas part them."""
    texts = matter.fields.get("tags", _NOTHING).texts
    tags = (tag.strip() for text in texts for tag in text.split(","))
    return tuple(dict.fromkeys(filter(None, tags)))


def _check(matter: FrontMatter, wrong: _Wrong) -> None:
    for name, field in matter.fields.items():
        if message := _amiss(name, field):
            wrong(field, message)
    for name in ("title", "language"):
        field = matter.fields.get(name, _NOTHING)
        if not field.is_list and not field.texts[0]:
            wrong(field, f'there is no "{name}"')
    for field, message in _of_values(matter):
        wrong(field, message)


def _amiss(name: str, field: Field) -> str:
    """Say what is wrong with a field, whatever it is for, or ""."""
    if name not in _KNOWN:
        return f'"{name}" is not known here{did_you_mean(name, _KNOWN)}'
    if name in _TEXTS and field.is_list:
        return f'"{name}" must be one text'
    if not all(text.isprintable() for text in field.texts):
        return f'"{name}" has a character that cannot be seen, or more than one line'
    if name in _LONGEST and len(field.texts[0]) > _LONGEST[name]:
        return f'"{name}" is longer than {_LONGEST[name]} characters'
    return ""


def _of_values(matter: FrontMatter) -> Iterator[tuple[Field, str]]:
    """Say what is wrong with values that are texts."""
    language = matter.fields.get("language", _NOTHING)
    if not language.is_list and language.texts[0] and not _LANGUAGE.fullmatch(language.texts[0]):
        yield language, '"language" must be two lower-case letters, such as "en"'
    url = matter.fields.get("url", _NOTHING)
    if not url.is_list and url.texts[0] and not is_web_address(url.texts[0]):
        yield url, '"url" must be an address that begins with http:// or https://'
    tags = _tags(matter)
    if len(tags) > _MOST_TAGS or any(len(tag) > _LONGEST_TAG for tag in tags):
        most = f"{_MOST_TAGS} tags, or one of more than {_LONGEST_TAG} characters"
        yield matter.fields["tags"], f'"tags" has more than {most}'


def is_web_address(url: str) -> bool:
    """Say whether a browser may be sent there: http or https, a host, nobody's password."""
    if not _URL.fullmatch(url):
        return False
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return bool(parts.hostname) and "@" not in parts.netloc and "\\" not in url
