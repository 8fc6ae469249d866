"""Whether texts would do in place of what holds now: the checks of loading, before they are saved.

A body of HTML is tried in each layout that it would go into, and a layout with every body of HTML
that would go into it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from gateway.errors import Finding
from gateway.templates.folder import Edited, Key, Source, fault
from gateway.templates.library import Templates
from gateway.templates.trial import HTML, LAYOUT

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")

Texts = Mapping[Key, str | None]
"""Texts of files as somebody would have them; None is for the file in the folder to hold again."""


def with_texts(templates: Templates, texts: Texts) -> Templates:
    """Give the templates as they would be with these texts."""
    kept = [one.edited for one in templates.edited if one.edited and one.key not in texts]
    new = [Edited(key, text) for key, text in texts.items() if text is not None]
    return templates.with_edited((*kept, *new))


def findings(templates: Templates, texts: Texts) -> tuple[Finding, ...]:
    """Say what would be wrong with these texts, or with others by them.

    The path of each finding is that of the key which it is about. Where a file is to hold again,
    what is wrong is what is wrong with it, and the path is the file's own.
    """
    folders = {home.folder for home in templates.homes.values()}
    found = [Finding(key.path, 0, why) for key in texts if (why := fault(key, folders))] or [
        *_characters(texts)
    ]
    if found:
        return tuple(found)
    then = with_texts(templates, texts)
    for key in texts:
        for source in then.found.get(key, ())[:1]:
            found += then.shelf.findings(source)
            found += _elsewhere(templates, then, source)
        if key.part == LAYOUT:
            found += _in_layout(templates, then, key.desk, frozenset(texts))
    return tuple(dict.fromkeys(found))


def _characters(texts: Texts) -> Iterator[Finding]:
    """Find what a database or a file cannot keep."""
    for key, text in texts.items():
        for line, said in enumerate((text or "").split("\n"), 1):
            if _CONTROL.search(said):
                yield Finding(key.path, line, "has a control character in it")


def _elsewhere(before: Templates, then: Templates, source: Source) -> Iterator[Finding]:
    """Try a general body of HTML in the layouts of desks that have their own.

    Where what holds now does not go into one, that desk does without it, and may go on so.
    """
    if source.key.part == HTML and not source.key.desk:
        old = before.found.get(source.key, ())[:1]
        for folder in _with_layout(then):
            if not any(before.shelf.findings(one, folder) for one in old):
                yield from then.shelf.findings(source, folder)


def _in_layout(
    before: Templates, then: Templates, layout: str, texts: frozenset[Key]
) -> Iterator[Finding]:
    """Try all other bodies of HTML in a folder's new layout; what was wrong before is not new."""
    own = _with_layout(then)
    for key, sources in then.found.items():
        if key.part != HTML or key in texts or not sources:
            continue
        folders = {key.desk} if key.desk else {"", *own}
        for folder in folders:
            if folder == layout or (not layout and folder not in own):
                known = before.shelf.findings(sources[0], folder)
                new = (f for f in then.shelf.findings(sources[0], folder) if f not in known)
                yield from (replace(finding, path=key.path) for finding in new)


def _with_layout(templates: Templates) -> frozenset[str]:
    return frozenset(key.desk for key in templates.found if key.part == LAYOUT and key.desk)
