"""Templates written in the console: checked like files, and saved as versions.

What is broken cannot be saved. Who has saved rings the bell `edited`, and all holds at once; other
nodes find it within seconds. Parts that belong together are saved together: while the text of a
mail is nearer to its desk than its HTML, it goes out as text alone.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from gateway.errors import Finding, Misconfigured, Transient
from gateway.house import House, with_templates
from gateway.store import audit, template_versions
from gateway.store.audit import Act
from gateway.store.template_versions import Version
from gateway.templates import Templates
from gateway.templates.folder import Key
from gateway.templates.lint import missing
from gateway.templates.proposal import Texts, findings, with_texts

# How often a save begins anew because somebody else has saved something meanwhile.
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Edit:
    """What somebody wants a template's file to say; without a text the folder's holds again.

    `based_on` is the id of the version that they saw, 0 for none.
    """

    key: Key
    text: str | None
    based_on: int = 0


@dataclass(frozen=True, slots=True)
class By:
    """Who saves, why and when; `peer` is where their request comes from."""

    author: str
    now: datetime
    note: str = ""
    peer: str = ""


def check(house: House, texts: Texts) -> tuple[Finding, ...]:
    """Say what would be wrong if files said this, all of them at once.

    The path of a finding about one is its `key.path`.
    """
    return _findings(house, house.templates, _plain(texts))


def templates_with(house: House, texts: Texts) -> Templates:
    """Give the templates as they would be if files said this; one that is broken is not used."""
    return with_texts(house.templates, _plain(texts))


def save(  # noqa: PLR0913, PLR0917  what a form sends
    house: House,
    key: Key,
    text: str | None,
    author: str,
    note: str,
    now: datetime,
    based_on: int,
    peer: str = "",
) -> int:
    """Save a version of one file as `save_all` does, and give its id."""
    (saved,) = save_all(house, (Edit(key, text, based_on),), By(author, now, note, peer))
    return saved


def save_all(house: House, edits: Sequence[Edit], by: By) -> tuple[int, ...]:
    """Save versions of several files, all or none, and give their ids.

    What says the same as the newest version is not saved again. Raises Misconfigured with all that
    is wrong in what would hold then, Conflict where somebody else has saved one of the files since
    its author saw it, and Transient.
    """
    texts = _plain({edit.key: edit.text for edit in edits})
    for _ in range(_TRIES):
        with house.database.reading() as connection:
            last = template_versions.last_id(connection)
            newest = template_versions.newest(connection)
        templates = house.templates.with_edited(template_versions.edited(newest))
        found = _findings(house, templates, texts)
        if found:
            raise Misconfigured(found)
        with house.database.writing() as connection:
            template_versions.lock(connection)
            if template_versions.last_id(connection) == last:
                known = {version.key: version for version in newest}
                saved = tuple(
                    _saved(connection, templates, edit, known.get(edit.key), by) for edit in edits
                )
                break
    else:
        raise Transient("others are saving templates; nothing was saved")
    return saved


def refreshed(house: House) -> House:
    """Give an open house with what is saved now in force: the same one where it is already.

    Raises Transient.
    """
    with house.database.reading() as connection:
        newest = template_versions.newest(connection)
    before = house.templates
    templates = before.with_edited(template_versions.edited(newest))
    return house if templates.edited == before.edited else with_templates(house, templates)


def changed_beneath(templates: Templates, version: Version) -> bool:
    """Say whether the file that a version was written for is another by now."""
    return version.text is not None and version.beneath != beneath(templates, version.key)


def beneath(templates: Templates, key: Key) -> str:
    """Give the SHA-256 of the file that would hold without the console, "" for none."""
    files = (source for source in templates.found.get(key, ()) if not source.edited)
    file = next(files, None)
    return hashlib.sha256(file.written.source.encode()).hexdigest() if file else ""


def _findings(house: House, before: Templates, texts: Texts) -> tuple[Finding, ...]:
    """Say what is wrong with texts, or what a desk lacks once some of them are gone."""
    found = findings(before, texts)
    if found or None not in texts.values():
        return found
    known = frozenset(missing(before, house.desks, by_hand=False))
    lacking = missing(with_texts(before, texts), house.desks, by_hand=False)
    return tuple(finding for finding in lacking if finding not in known)


def _saved(
    connection: Connection, templates: Templates, edit: Edit, newest: Version | None, by: By
) -> int:
    text = plain_text(edit.text)
    if text == (newest.text if newest else None):
        return newest.id if newest else 0
    saved = template_versions.save(
        connection,
        edit.key,
        text,
        by.author,
        by.note,
        by.now,
        edit.based_on,
        beneath(templates, edit.key),
    )
    action = "template.save" if text is not None else "template.revert"
    detail = f"version {saved}{': ' * bool(by.note)}{by.note}"
    audit.note(connection, Act(by.now, by.author, action, edit.key.path, detail, by.peer))
    return saved


def plain_text(text: str | None) -> str | None:
    """Give a text with lines that end as they do in files, whatever a browser has sent."""
    return None if text is None else text.replace("\r\n", "\n").replace("\r", "\n")


def _plain(texts: Mapping[Key, str | None]) -> dict[Key, str | None]:
    return {key: plain_text(text) for key, text in texts.items()}
