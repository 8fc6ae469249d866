"""The versions of a template: who wrote which and when, what differs, and back to one of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from gateway.console.render import page, refusal
from gateway.console.templates.difference import Line, difference
from gateway.console.templates.place import FIELDS, LABELS, Place, place_of
from gateway.console.templates.standing import Held, Standing, beneath, newest_of, standings
from gateway.console.visit import Visit
from gateway.editing import By, Edit, changed_beneath, save_all
from gateway.errors import Misconfigured
from gateway.store import template_versions
from gateway.store.conflict import Conflict
from gateway.store.template_versions import MOST_SHOWN, Version
from gateway.templates.folder import Key

_PARTS = {field: part for part, field in FIELDS.items()}


@dataclass(frozen=True, slots=True)
class History:
    """The versions of a part, the newest first, and the file that holds without them."""

    field: str
    label: str
    versions: tuple[Version, ...]
    file: Held | None
    outdated: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """A version of a part, or without one the file under them, beside what holds."""

    place: Place
    part: str
    standing: Standing
    version: Version | None
    text: str
    lines: tuple[Line, ...] | None

    @property
    def holds(self) -> bool:
        """Say whether it is what holds already."""
        if self.version is not None:
            return self.version.id == self.standing.based_on
        held = self.standing.held
        return held is None or held.version is None or held.key != self.place.key(self.part)


def look(visit: Visit) -> Response:
    """Answer with all versions of a template's own files."""
    place = place_of(visit, visit.query)
    if place is None:
        return refusal(404)
    with visit.house.database.reading() as connection:
        newest = newest_of(connection)
        histories = [_history(visit, connection, newest, place, part) for part in place.parts]
    return page(
        visit,
        "templates/versions.html",
        template=place,
        histories=histories,
        most=MOST_SHOWN,
        saved=visit.query("saved") if _is_id(visit.query("saved")) else "",
    )


def look_at_one(visit: Visit) -> Response:
    """Answer with a version, or with the file under all, beside what holds."""
    compared = _compared(visit, visit.query)
    return refusal(404) if compared is None else _shown(visit, compared)


def go_back(visit: Visit) -> Response:
    """Let a version hold again, or the file, by saving what it says as the newest version."""
    compared = _compared(visit, lambda name: visit.form.get(name, ""))
    if compared is None:
        return refusal(404)
    place, seen = compared.place, visit.form.get("based-on", "")
    based_on = int(seen) if _is_id(seen) else 0
    note = f"as version {compared.version.id}" if compared.version else "as the file"
    text = compared.version.text if compared.version else None
    edit = Edit(place.key(compared.part), text, based_on)
    try:
        (saved,) = save_all(
            visit.house, [edit], By(visit.user.address, visit.now, note, visit.peer)
        )
    except Misconfigured as refused:
        return _shown(visit, compared, 422, wrong=f"This cannot hold now: {refused}")
    except Conflict:
        wrong = "Somebody else has saved it since you looked. This is how it stands now."
        return _shown(visit, compared, 409, wrong=wrong)
    visit.bells.edited()
    return RedirectResponse(place.address("/templates/versions", saved=str(saved)), 303)


def _history(
    visit: Visit, connection: Connection, newest: Mapping[Key, Version], place: Place, part: str
) -> History:
    key = place.key(part)
    last = newest.get(key)
    return History(
        FIELDS[part],
        LABELS[part],
        template_versions.history(connection, key),
        beneath(visit.house.templates, newest, place, part),
        last is not None and changed_beneath(visit.house.templates, last),
    )


def _shown(visit: Visit, compared: Compared, status: int = 200, *, wrong: str = "") -> Response:
    return page(
        visit,
        "templates/version.html",
        status,
        template=compared.place,
        compared=compared,
        field=FIELDS[compared.part],
        label=LABELS[compared.part],
        may_write=visit.may("templates-write"),
        wrong=wrong,
    )


def _compared(visit: Visit, said: Callable[[str], str]) -> Compared | None:
    """Give what an address or a form wants compared; None where there is nothing like that."""
    place, part = place_of(visit, said), _PARTS.get(said("part"), "")
    if place is None or part not in place.parts:
        return None
    wanted = said("version")
    with visit.house.database.reading() as connection:
        newest = newest_of(connection)
        version = template_versions.find(connection, int(wanted)) if _is_id(wanted) else None
    if wanted and (version is None or version.key != place.key(part)):
        return None
    templates = visit.house.templates
    standing = standings(templates, newest, place)[part]
    file = beneath(templates, newest, place, part)
    text = version.text if version and version.text is not None else (file.text if file else "")
    return Compared(place, part, standing, version, text, difference(standing.text, text))


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
