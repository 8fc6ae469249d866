"""Reading a folder of articles, all of it, with everything that is wrong in any file."""

import os
from collections.abc import Iterator
from pathlib import Path

from gateway.cli.screen import progress
from gateway.desk.article import Page
from gateway.desk.article_file import read_article
from gateway.errors import Finding, Misconfigured, Misused

_MOST_FILES = 20_000
_ABOUT_THE_FOLDER = "README.md"


def read_articles(folder: Path) -> tuple[Page, ...]:
    """Read every Markdown file of a folder and those below it, as articles in order of their paths.

    What begins with "." or "_", and README.md, is no article. Raises Misused if there is no such
    folder, and Misconfigured with all that is wrong.
    """
    if not folder.is_dir():
        raise Misused(f"{folder} is not a folder")
    files = sorted(_files(folder), key=lambda file: file.relative_to(folder).parts)
    if not files:
        message = "there is no article (*.md) in this folder; withdraw articles with --withdraw-all"
        raise Misconfigured((Finding(str(folder), 0, message),))
    if len(files) > _MOST_FILES:
        raise Misused(f"{folder} has more than {_MOST_FILES} articles")
    pages: list[Page] = []
    findings: list[Finding] = []
    for file in progress(files, len(files), "read"):
        path = file.relative_to(folder).as_posix()
        if not path.isprintable():
            message = "the name has a character that cannot be seen, or is not UTF-8"
            findings.append(Finding(str(file), 0, message))
            continue
        try:
            pages.append(read_article(file, path))
        except Misconfigured as error:
            findings += error.findings
    findings += _same_titles(folder, pages)
    if findings:
        raise Misconfigured(tuple(findings))
    return tuple(pages)


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name[0] not in "._"]
        for name in names:
            if name.endswith(".md") and name[0] not in "._" and name != _ABOUT_THE_FOLDER:
                yield Path(place, name)


def _same_titles(folder: Path, pages: list[Page]) -> Iterator[Finding]:
    """Say which articles nobody can tell apart: `#kb` names them by their titles."""
    first: dict[tuple[str, str, str], Page] = {}
    for page in pages:
        key = (page.language, page.title.casefold(), page.product.casefold())
        if key in first:
            message = (
                f'"{page.title}" is the title of {first[key].path} as well, for the same product'
            )
            yield Finding(str(folder / page.path), 0, message)
        else:
            first[key] = page
